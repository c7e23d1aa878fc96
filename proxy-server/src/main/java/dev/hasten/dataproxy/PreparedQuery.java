package dev.hasten.dataproxy;

import dev.hasten.admission.RequestContext;
import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.memory.MemoryUse;
import dev.hasten.plan.ParsingMemory;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.plan.Statements;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.proof.ReadProof;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.value.Generators;
import dev.hasten.schema.CompiledQuery;
import dev.hasten.schema.PrismaSchema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A query that was compiled before it takes a connection, or an error from compiling it.
 *
 * @param jobs one job, or one for each part of the rows to insert; empty if there is an error
 * @param error null if the query can run
 */
record PreparedQuery(
        JsonQuery query, List<Job> jobs, @Nullable ApiError error) {
    private static final Uncached NOT_SINGLE = new Uncached(Reason.NOT_A_READ, "inserts rows, or cannot be compiled");

    /**
     * Compiles a query.
     *
     * @throws ApiError if the query is invalid
     */
    static PreparedQuery of(JsonQuery query, PrismaSchema schema, Cancellation cancellation) {
        List<JsonQuery> parts = CreateManyChunks.isLarge(query) ? CreateManyChunks.parts(query) : List.of(query);
        return new PreparedQuery(
                query,
                parts.stream().map(part -> job(part, schema, cancellation)).toList(),
                null);
    }

    /** Compiles a query of a batch. An error is thrown only when the query runs: an earlier query may fail first. */
    private static PreparedQuery ofBatch(JsonQuery query, PrismaSchema schema, Cancellation cancellation) {
        try {
            return of(query, schema, cancellation);
        } catch (ApiError e) {
            return new PreparedQuery(query, List.of(), e);
        }
    }

    /** Compiles the queries of a batch. */
    static List<PreparedQuery> ofBatch(List<JsonQuery> queries, PrismaSchema schema, Cancellation cancellation) {
        return queries.stream()
                .map(query -> ofBatch(query, schema, cancellation))
                .toList();
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

    /** The jobs of several queries, without those that cannot be compiled. */
    static List<Job> jobs(List<PreparedQuery> queries) {
        return queries.stream().flatMap(query -> query.jobs().stream()).toList();
    }

    /** Whether the query has a single job, so that it needs no transaction around its parts. */
    boolean isSingle() {
        return jobs.size() == 1;
    }

    /** Proves what the result depends on. */
    ReadProof proof(RequestContext request) {
        return isSingle()
                ? PrismaErrors.translated(() ->
                        jobs.getFirst().proof(query.action(), request.database().proofs(), request.cancellation()))
                : ReadProof.uncached(NOT_SINGLE);
    }

    /** Runs the query. Returns null if it has no value. */
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
