package dev.hasten.dataproxy;

import dev.hasten.admission.RequestContext;
import dev.hasten.deadline.Cancellation;
import dev.hasten.http.Response;
import dev.hasten.json.JsonBuffer;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.plan.Statements;
import dev.hasten.postgres.IsolationLevel;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.prisma.DataFrame;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.MeteredParser;
import dev.hasten.protocol.value.Generators;
import dev.hasten.schema.CompiledBatch;
import dev.hasten.schema.PrismaSchema;
import dev.hasten.transaction.PooledStatements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a batch of queries from one request in one of three ways: separately, so that the failure of a query does not
 * affect the others; in a transaction, which ends at the first failure; or, if each query reads one record of the same
 * model, as a single query.
 */
final class BatchRunner {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NO_ROWS = "[]";

    private final PlanRunner runner;

    BatchRunner(PlanRunner runner) {
        this.runner = runner;
    }

    /** The position of the query that is running, for its error if it fails. */
    private static final class BatchPosition {
        /** Null if no query is running; an error then comes from the commit. */
        private @Nullable Integer index;
    }

    /** Runs {@code {"batch":[...],"transaction"?:{"isolationLevel"?}}}. */
    Response respond(JsonNode body, PrismaSchema schema, ClientVersion version, RequestContext request) {
        List<JsonQuery> queries = queries(body);
        JsonNode transaction = body.path("transaction");
        if (transaction.isObject()) {
            IsolationLevel isolationLevel = IsolationLevels.of(transaction.path("isolationLevel"));
            List<PreparedQuery> prepared = prepared(queries, schema, request);
            return whole(
                    version,
                    request,
                    position -> PrismaErrors.translated(() -> request.pooled(statements -> statements.inTransaction(
                            TransactionMode.of(isolationLevel),
                            () -> all(prepared, version, statements, request, position)))));
        }
        Results results = compacted(queries, schema, version, request);
        if (results == null) {
            List<PreparedQuery> prepared = prepared(queries, schema, request);
            results = PrismaErrors.translated(
                    () -> request.pooled(statements -> each(prepared, version, statements, request)));
        }
        return results.response(EngineResponses.extensions(request.telemetry().extensions(), version));
    }

    /** Runs a batch in an interactive transaction. */
    Response inTransaction(
            JsonNode body, PrismaSchema schema, ClientVersion version, Statements statements, RequestContext request) {
        List<PreparedQuery> prepared = prepared(queries(body), schema, request);
        return whole(version, request, position -> all(prepared, version, statements, request, position));
    }

    private static List<PreparedQuery> prepared(List<JsonQuery> queries, PrismaSchema schema, RequestContext request) {
        return queries.stream()
                .map(query -> PreparedQuery.ofBatch(query, schema, request.cancellation()))
                .toList();
    }

    private static List<JsonQuery> queries(JsonNode body) {
        JsonNode batch = body.path("batch");
        if (!batch.isArray()) {
            throw ApiError.badRequest("Invalid request body: `batch` must be a list of queries");
        }
        List<JsonQuery> queries = new ArrayList<>(batch.size());
        batch.forEach(query -> queries.add(JsonQuery.of(query)));
        return queries;
    }

    private static Response whole(
            ClientVersion version, RequestContext request, Function<BatchPosition, Results> work) {
        BatchPosition position = new BatchPosition();
        try {
            return work.apply(position)
                    .response(EngineResponses.extensions(request.telemetry().extensions(), version));
        } catch (ApiError e) {
            if (!EngineErrors.isOfEngine(e)) {
                throw e;
            }
            request.telemetry().failed(e);
            return EngineResponses.json(
                    EngineResponses.errors(e, version, position.index),
                    EngineResponses.extensions(request.telemetry().extensions(), version));
        }
    }

    private Results all(
            List<PreparedQuery> queries,
            ClientVersion version,
            Statements statements,
            RequestContext request,
            BatchPosition position) {
        Results results = new Results(request);
        Generators generators = runner.generators();
        for (int i = 0; i < queries.size(); i++) {
            position.index = i;
            addResult(results, queries.get(i), version, generators, statements, request);
        }
        position.index = null;
        return results;
    }

    private Results each(
            List<PreparedQuery> queries, ClientVersion version, PooledStatements statements, RequestContext request) {
        Results results = new Results(request);
        Generators generators = runner.generators();
        for (PreparedQuery query : queries) {
            try {
                PrismaErrors.translated(() -> {
                    addResult(results, query, version, generators, statements, request);
                    return results;
                });
            } catch (ApiError e) {
                if (!EngineErrors.isOfEngine(e)) {
                    throw e;
                }
                request.telemetry().failed(e);
                results.add(EngineResponses.errors(e, version));
            }
        }
        return results;
    }

    private void addResult(
            Results results,
            PreparedQuery query,
            ClientVersion version,
            Generators generators,
            Statements statements,
            RequestContext request) {
        Reservation memory = request.cancellation().memory();
        long rows = memory.heldBytes(MemoryUse.RESULTS);
        long responses = memory.heldBytes(MemoryUse.RESPONSES);
        EngineQuery engineQuery = new EngineQuery(query, version, runner);
        JsonBuffer value = engineQuery.run(generators, statements, request);
        // The rows that the query has read are no longer needed.
        memory.set(MemoryUse.RESULTS, rows);
        JsonBuffer result = engineQuery.body(engineQuery.converted(value, request), null);
        // The result moves to the buffer of the batch.
        memory.set(MemoryUse.RESPONSES, responses);
        results.add(result);
    }

    /** Runs the queries as a single query and returns the results, or returns null if that is not possible. */
    private @Nullable Results compacted(
            List<JsonQuery> queries, PrismaSchema schema, ClientVersion version, RequestContext request) {
        if (queries.size() < 2 || !queries.stream().allMatch(JsonQuery::findsOneByKey)) {
            return null;
        }
        CompiledBatch batch = compiled(queries, schema, request.cancellation());
        if (batch == null) {
            return null;
        }
        Job job = new Job(batch.shape().plan(), batch.values(), "");
        JsonBuffer rows = PrismaErrors.<@Nullable JsonBuffer>translated(() ->
                request.<@Nullable JsonBuffer>pooled(statements -> runner.run(job, statements, request.environment())));
        String name = queries.getFirst().resultName();
        Results results = new Results(request);
        for (JsonNode row : new CompactedRows(
                        batch, MeteredParser.tree(JSON, rows == null ? NO_ROWS : rows.toString(), request.parsing()))
                .responses()) {
            results.add(
                    row == null && batch.shape().required()
                            ? EngineResponses.errors(notFound(), version)
                            : DataFrame.close(
                                    name,
                                    row == null
                                            ? EngineResponses.nothing()
                                            : JsonBuffer.of(JSON.writeValueAsBytes(row)),
                                    null));
        }
        return results;
    }

    private static ApiError notFound() {
        return ApiError.of(
                400,
                "P2025",
                "An operation failed because it depends on one or more records that were required but not found. No"
                        + " record was found for a query.");
    }

    /** Returns null if the queries cannot be compiled together. Compiling them separately then reports the errors. */
    private static @Nullable CompiledBatch compiled(
            List<JsonQuery> queries, PrismaSchema schema, Cancellation cancellation) {
        try {
            return schema.compileBatch(queries.stream().map(JsonQuery::json).toList(), cancellation);
        } catch (ApiError e) {
            return null;
        }
    }

    /** Collects results in the body of the response. Their total size is limited like that of one response. */
    private static final class Results {
        private final JsonBuffer body;
        private final long limit;
        private long bytes;

        Results(RequestContext request) {
            this.limit = request.database().limits().responseBytes();
            this.body = new JsonBuffer(limit, 0, request.cancellation())
                    .withoutLimit()
                    .ascii("{\"batchResult\":[");
        }

        void add(JsonBuffer result) {
            if (bytes > 0) {
                body.raw(',');
            }
            bytes += result.size();
            if (bytes > limit) {
                throw ApiError.responseTooLarge("the response to the batch", limit);
            }
            result.copyTo(body);
        }

        Response response(@Nullable Map<String, ?> extensions) {
            body.raw(']');
            if (extensions != null) {
                body.ascii(",\"extensions\":").raw(EngineResponses.bytes(extensions));
            }
            body.raw('}');
            return Response.json(200, body.array(), body.size());
        }
    }
}
