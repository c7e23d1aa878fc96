package dev.hasten.dataproxy;

import dev.hasten.admission.RequestContext;
import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import dev.hasten.caching.CacheableQuery;
import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.prisma.DataFrame;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.proof.ReadProof;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.MeteredParser;
import dev.hasten.protocol.value.Generators;
import dev.hasten.schema.CompiledBatch;
import dev.hasten.schema.PrismaSchema;
import dev.hasten.transaction.PooledStatements;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A batch of queries without a transaction: the failure of a query does not affect the others. If each query reads one
 * record of the same model, they run as a single query.
 *
 * @param single the single query; null if the queries run one by one
 * @param prepared the queries, if they run one by one; otherwise empty
 */
record SeparateBatch(
        List<JsonQuery> queries,
        @Nullable CompiledBatch single,
        List<PreparedQuery> prepared,
        PrismaSchema schema,
        ClientVersion version,
        PlanRunner runner)
        implements CacheableQuery {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NO_ROWS = "[]";
    private static final Uncached NO_QUERIES = new Uncached(Reason.NOT_A_READ, "is a batch without queries");

    /**
     * A query of the batch failed. Thrown so that the cache does not store the results. Several requests get the same
     * exception if they share the run.
     */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final byte[] results;

        private Failed(JsonBuffer results) {
            super("a query of the batch failed", null, false, false);
            this.results = Arrays.copyOf(results.array(), results.size());
        }

        /** A copy of all results, including the error; {@link BatchResults#close} completes them. */
        JsonBuffer results() {
            return JsonBuffer.of(results);
        }
    }

    /** Compiles the queries. */
    static SeparateBatch of(
            List<JsonQuery> queries,
            PrismaSchema schema,
            ClientVersion version,
            PlanRunner runner,
            Cancellation cancellation) {
        CompiledBatch single = single(queries, schema, cancellation);
        List<PreparedQuery> prepared =
                single == null ? PreparedQuery.ofBatch(queries, schema, cancellation) : List.of();
        return new SeparateBatch(queries, single, prepared, schema, version, runner);
    }

    /** Returns null if the queries cannot be compiled together. Compiling them separately then reports the errors. */
    private static @Nullable CompiledBatch single(
            List<JsonQuery> queries, PrismaSchema schema, Cancellation cancellation) {
        if (queries.size() < 2 || !queries.stream().allMatch(JsonQuery::findsOneByKey)) {
            return null;
        }
        try {
            return schema.compileBatch(queries.stream().map(JsonQuery::json).toList(), cancellation);
        } catch (ApiError e) {
            return null;
        }
    }

    /** The model, if it is the same for all queries; a default strategy then applies to the batch. */
    @Override
    public @Nullable String model() {
        if (queries.isEmpty()) {
            return null;
        }
        String model = queries.getFirst().model();
        return queries.stream().allMatch(query -> Objects.equals(query.model(), model)) ? model : null;
    }

    @Override
    public boolean mayBeNonDeterministic() {
        return true;
    }

    @Override
    public ReadProof proof(RequestContext request) {
        if (single != null) {
            return PrismaErrors.translated(() -> job(single)
                    .proof(queries.getFirst().action(), request.database().proofs(), request.cancellation()));
        }
        ReadProof proof = prepared.isEmpty() ? ReadProof.uncached(NO_QUERIES) : ReadProof.CONSTANT;
        for (PreparedQuery query : prepared) {
            proof = proof.and(query.proof(request));
        }
        return proof;
    }

    /** The jobs of the batch, without those of queries that cannot be compiled. */
    List<Job> jobs() {
        return single == null ? PreparedQuery.jobs(prepared) : List.of(job(single));
    }

    private static Job job(CompiledBatch batch) {
        return new Job(batch.shape().plan(), batch.values(), "");
    }

    /** @throws Failed if a query fails */
    @Override
    public JsonBuffer run(RequestContext request) {
        BatchResults results = new BatchResults(request);
        boolean succeeded = single == null ? runEach(prepared, results, request) : runSingle(single, results, request);
        if (!succeeded) {
            throw new Failed(results.body());
        }
        return results.body();
    }

    @Override
    public JsonBuffer body(@Nullable JsonBuffer value, byte @Nullable [] extensions) {
        return BatchResults.close(Objects.requireNonNull(value), extensions);
    }

    @Override
    public @Nullable Map<String, ?> extensions(RequestContext request) {
        return EngineResponses.extensions(request.telemetry().extensions(), version);
    }

    /** Returns whether all queries succeeded. */
    private boolean runEach(List<PreparedQuery> prepared, BatchResults results, RequestContext request) {
        return PrismaErrors.translated(() -> request.pooled(statements -> runEach(prepared, results, statements)));
    }

    private boolean runEach(List<PreparedQuery> prepared, BatchResults results, PooledStatements statements) {
        Generators generators = runner.generators();
        boolean succeeded = true;
        for (PreparedQuery query : prepared) {
            try {
                PrismaErrors.translated(() -> {
                    results.run(new EngineQuery(query, version, runner), generators, statements);
                    return results;
                });
            } catch (ApiError e) {
                if (!EngineErrors.isOfEngine(e)) {
                    throw e;
                }
                results.add(EngineResponses.errors(e, version));
                succeeded = false;
            }
        }
        return succeeded;
    }

    private boolean runSingle(CompiledBatch batch, BatchResults results, RequestContext request) {
        JsonBuffer rows = PrismaErrors.<@Nullable JsonBuffer>translated(() -> request.<@Nullable JsonBuffer>pooled(
                statements -> runner.run(job(batch), statements, request.environment())));
        List<@Nullable JsonNode> records = new CompactedRows(
                        batch, MeteredParser.tree(JSON, rows == null ? NO_ROWS : rows.toString(), request.parsing()))
                .responses();
        boolean succeeded = true;
        for (int i = 0; i < records.size(); i++) {
            JsonNode found = records.get(i);
            if (found != null) {
                results.add(result(JsonBuffer.of(JSON.writeValueAsBytes(found))));
            } else if (!batch.shape().exact()) {
                succeeded &= runEach(
                        PreparedQuery.ofBatch(List.of(queries.get(i)), schema, request.cancellation()),
                        results,
                        request);
            } else if (batch.shape().required()) {
                results.add(EngineResponses.errors(notFound(), version));
                succeeded = false;
            } else {
                results.add(result(EngineResponses.nothing()));
            }
        }
        return succeeded;
    }

    private JsonBuffer result(JsonBuffer value) {
        return DataFrame.close(queries.getFirst().resultName(), value, null);
    }

    private static ApiError notFound() {
        return ApiError.of(
                400,
                "P2025",
                "An operation failed because it depends on one or more records that were required but not found. No"
                        + " record was found for a query.");
    }
}
