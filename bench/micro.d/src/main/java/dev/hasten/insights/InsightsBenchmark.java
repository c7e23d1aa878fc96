package dev.hasten.insights;

import dev.hasten.insights.QueryCall.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The statistics of a request, with 1,000 query shapes: what a request without the cache adds, and what a hit adds. */
@State(Scope.Benchmark)
public class InsightsBenchmark {
    private static final int SHAPES = 1000;
    private static final QueryCall MISS = new QueryCall(Outcome.UNCACHED, 900_000, 600_000, 1, 300, null);
    private static final QueryCall HIT = new QueryCall(Outcome.HIT, 20_000, 0, 1, 300, null);

    private final Insights insights = new Insights(2 * SHAPES, Duration.ofHours(1), System::nanoTime, Instant::now);
    private final List<QueryShape> shapes = shapes();
    private int next;

    private List<QueryShape> shapes() {
        List<QueryShape> made = new ArrayList<>();
        for (int i = 0; i < SHAPES; i++) {
            made.add(shape(i));
        }
        return made;
    }

    private QueryShape shape(int number) {
        return Objects.requireNonNull(insights.shape("main", "Post", "findMany", null, number, true));
    }

    @Benchmark
    public void miss() {
        next = next * 31 + 1;
        QueryShape shape = shape(Math.floorMod(next, SHAPES));
        shape.addCacheable(next);
        shape.add(MISS);
    }

    @Benchmark
    public void hit() {
        next = next * 31 + 1;
        shapes.get(Math.floorMod(next, SHAPES)).add(HIT);
    }
}
