package dev.hasten.remoteexecutor;

import dev.hasten.micro.Recorded;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.QueryRequest;
import dev.hasten.protocol.RequestParser;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From the bytes of a request to its plan. A request pays for {@code request} and for one of the other two. */
@State(Scope.Benchmark)
public class PlanCacheBenchmark {
    private final RequestParser parser = new RequestParser(1000, 1_000_000);
    private final PlanCache plans = new PlanCache(parser);
    private byte[] body = Recorded.FIND_UNIQUE.body();
    private QueryRequest query = parser.query(body, ParseMeter.NONE);

    /** All but the plan. */
    @Benchmark
    public QueryRequest request() {
        return parser.query(body, ParseMeter.NONE);
    }

    /** A plan that nobody has sent before, as {@link PlanCache} reads it. */
    @Benchmark
    public ParsedPlan parsed() {
        return ParsedPlan.of(parser.plan(body, query.plan(), ParseMeter.NONE));
    }

    /** A plan that came before. */
    @Benchmark
    public ParsedPlan remembered() {
        return plans.get(body, query.plan(), ParseMeter.NONE);
    }
}
