package dev.hasten.sql;

import com.github.benmanes.caffeine.cache.Cache;
import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.FixedResults;
import dev.hasten.postgres.StatementResult;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** 50 rows as a response of SQL over HTTP with raw text, as {@code @neondatabase/serverless} requests it. */
@State(Scope.Benchmark)
public class SqlResponseBenchmark {
    private static final long RESPONSE_BYTES = 16 << 20;

    private final Cache<Long, ResultType> types = ResultTypes.newCache();
    private StatementResult result = FixedResults.products();

    @Benchmark
    public JsonBuffer rows50() {
        return respond(false);
    }

    @Benchmark
    public JsonBuffer rows50AsArrays() {
        return respond(true);
    }

    private JsonBuffer respond(boolean arrayMode) {
        JsonBuffer out = new JsonBuffer(RESPONSE_BYTES, 0, new Cancellation());
        ResultTypes known = new ResultTypes(types, (_, _, _) -> {
            throw new IllegalStateException("raw text needs no types");
        });
        new SqlResponse(out, known, true).write(result, arrayMode);
        return out;
    }
}
