package dev.hasten.dataproxy;

import dev.hasten.admission.RequestContext;
import dev.hasten.http.Response;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.Statements;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.value.Generators;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A batch of queries that run in a transaction, which ends at the first failure. */
record TransactionBatch(List<PreparedQuery> queries, ClientVersion version, PlanRunner runner) {
    /** The position of the query that is running, for its error if it fails. */
    private static final class Position {
        /** Null if no query is running; an error then comes from the commit. */
        private @Nullable Integer index;
    }

    /** Runs the batch in a transaction of its own. */
    Response respond(TransactionMode mode, RequestContext request) {
        return respond(
                request,
                position -> PrismaErrors.translated(() -> request.pooled(
                        statements -> statements.inTransaction(mode, () -> run(position, statements, request)))));
    }

    /** Runs the batch in a transaction that is open. */
    Response respondIn(Statements transaction, RequestContext request) {
        return respond(request, position -> run(position, transaction, request));
    }

    private Response respond(RequestContext request, Function<Position, JsonBuffer> work) {
        Position position = new Position();
        try {
            JsonBuffer results = work.apply(position);
            Map<String, ?> extensions = extensions(request);
            JsonBuffer body =
                    BatchResults.close(results, extensions == null ? null : EngineResponses.bytes(extensions));
            return Response.json(200, body.array(), body.size());
        } catch (ApiError e) {
            if (!EngineErrors.isOfEngine(e)) {
                throw e;
            }
            return EngineResponses.json(EngineResponses.errors(e, version, position.index), extensions(request))
                    .errorCode(e.code());
        }
    }

    private @Nullable Map<String, ?> extensions(RequestContext request) {
        return EngineResponses.extensions(request.telemetry().extensions(), version);
    }

    private JsonBuffer run(Position position, Statements statements, RequestContext request) {
        BatchResults results = new BatchResults(request);
        Generators generators = runner.generators();
        for (int i = 0; i < queries.size(); i++) {
            position.index = i;
            results.run(new EngineQuery(queries.get(i), version, runner), generators, statements);
        }
        position.index = null;
        return results.body();
    }
}
