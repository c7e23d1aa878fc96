package dev.hasten.remoteexecutor;

import dev.hasten.micro.Recorded;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.QueryRequest;
import dev.hasten.protocol.RequestParser;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From the bytes of a request to its plan. The cost of a request is {@code request} plus one of the other two. */
@State(Scope.Benchmark)
public class PlanCacheBenchmark {
    private final RequestParser parser = new RequestParser(1000, 1_000_000);
    private final PlanCache plans = new PlanCache(parser);
    private byte[] body = Recorded.FIND_UNIQUE.body();
    private QueryRequest query = parser.query(body, ParseMeter.NONE);

    /** Everything except the plan. */
    @Benchmark
    public QueryRequest request() {
        return parser.query(body, ParseMeter.NONE);
    }

    /** A new plan, as {@link PlanCache} parses it. */
    @Benchmark
    public ParsedPlan parsed() {
        return ParsedPlan.of(parser.plan(body, query.plan(), ParseMeter.NONE), 0);
    }

    /** A plan that was sent before. */
    @Benchmark
    public ParsedPlan remembered() {
        return plans.get(body, query.plan(), ParseMeter.NONE);
    }
}
