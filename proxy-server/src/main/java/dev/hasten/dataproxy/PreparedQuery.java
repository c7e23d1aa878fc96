package dev.hasten.dataproxy;

import dev.hasten.admission.RequestContext;
import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.memory.MemoryUse;
import dev.hasten.plan.ParsingMemory;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.plan.Statements;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.value.Generators;
import dev.hasten.schema.CompiledQuery;
import dev.hasten.schema.PrismaSchema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A query that was compiled, or found to be wrong, before it takes a connection or anything of it has run.
 *
 * @param jobs one, or one for each part of its rows
 * @param error null if it can run
 */
record PreparedQuery(
        JsonQuery query, List<Job> jobs, @Nullable ApiError error) {
    /**
     * Compiles a query.
     *
     * @throws ApiError when it is wrong
     */
    static PreparedQuery of(JsonQuery query, PrismaSchema schema, Cancellation cancellation) {
        List<JsonQuery> parts = CreateManyChunks.isLarge(query) ? CreateManyChunks.parts(query) : List.of(query);
        return new PreparedQuery(
                query,
                parts.stream().map(part -> job(part, schema, cancellation)).toList(),
                null);
    }

    /** The same for one of several queries, whose turn to fail may not come. */
    static PreparedQuery ofBatch(JsonQuery query, PrismaSchema schema, Cancellation cancellation) {
        try {
            return of(query, schema, cancellation);
        } catch (ApiError e) {
            return new PreparedQuery(query, List.of(), e);
        }
    }

    private static Job job(JsonQuery query, PrismaSchema schema, Cancellation cancellation) {
        if (query.isRaw()) {
            return new Job(
                    RawQueries.plan(
                            query.action(),
                            query.json().path("query"),
                            new ParsingMemory(cancellation, MemoryUse.REQUESTS)),
                    Map.of(),
                    "");
        }
        CompiledQuery compiled = schema.compile(query.json(), cancellation);
        return new Job(compiled.plan(), compiled.values(), "");
    }

    /** Whether there is one statement or more to run in one go, so that no transaction of its own is needed. */
    boolean isSingle() {
        return jobs.size() == 1;
    }

    /** Runs it; null when it has no value. */
    @Nullable
    JsonBuffer run(PlanRunner runner, Generators generators, Statements statements, RequestContext request) {
        if (error != null) {
            throw error;
        }
        return isSingle()
                ? runner.run(jobs.getFirst(), generators, statements, request.environment())
                : CreateManyChunks.insert(
                        query.action(),
                        jobs,
                        statements,
                        job -> runner.run(job, generators, statements, request.environment()),
                        request.database().limits().responseBytes());
    }
}
