package dev.hasten.dataproxy;

import dev.hasten.admission.AdmittedRequest;
import dev.hasten.admission.Endpoint;
import dev.hasten.admission.QueryIdentity;
import dev.hasten.admission.RequestContext;
import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import dev.hasten.caching.AccelerateHeaders;
import dev.hasten.caching.CacheSession;
import dev.hasten.caching.CacheableQuery;
import dev.hasten.http.Response;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.Statements;
import dev.hasten.postgres.IsolationLevel;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.QuerySignature.Member;
import dev.hasten.protocol.RequestParser;
import dev.hasten.schema.PrismaSchema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The endpoint for queries and batches. Its path contains {@code graphql} for historical reasons; the body is JSON. */
final class GraphqlEndpoint {
    private static final Uncached FAILED = new Uncached(Reason.FAILED_BATCH, "has a query that failed");

    private final RequestParser parser;
    private final PlanRunner runner;
    private final AccelerateHeaders headers;

    GraphqlEndpoint(RequestParser parser, PlanRunner runner, AccelerateHeaders headers) {
        this.parser = parser;
        this.runner = runner;
        this.headers = headers;
    }

    /** Responds from the cache, or runs the queries. */
    Endpoint.Outcome begin(AdmittedRequest admitted) {
        CacheSession cache = cacheSession(admitted);
        Response stored = cache.stored();
        if (stored != null) {
            return new Endpoint.Respond(stored);
        }
        return (Endpoint.Work) request -> respond(request, cache);
    }

    /** Runs the queries in an interactive transaction, where nothing is cached. */
    Endpoint.Outcome beginInTransaction(AdmittedRequest admitted) {
        CacheSession cache = cacheSession(admitted);
        return (Endpoint.Work) request -> cache.bypass(answerInTransaction(request), CacheSession.IN_TRANSACTION);
    }

    private CacheSession cacheSession(AdmittedRequest admitted) {
        return CacheSession.byHeaders(new CacheSession.CacheRequest(
                admitted,
                "data-proxy",
                admitted.exchange().pathParameter("schema"),
                CanonicalBody::of,
                Member.COMMENTS,
                headers,
                this::queryAgain));
    }

    /** A request whose query is not parsed yet. */
    private record Call(ClientVersion version, PrismaSchema schema, JsonNode body) {
        boolean isBatch() {
            return body.has("batch");
        }
    }

    private @Nullable Call call(RequestContext request) {
        ClientVersion version = ClientVersion.of(request.exchange().pathParameter("version"));
        PrismaSchema schema =
                request.database().schemas().find(request.exchange().pathParameter("schema"));
        return schema == null
                ? null
                : new Call(version, schema, parser.object(request.exchange().body(), request.parsing()));
    }

    private Response respond(RequestContext request, CacheSession cache) {
        Call call = call(request);
        if (call == null) {
            return EngineResponses.schemaMissing();
        }
        try {
            JsonNode transaction = call.body().path("transaction");
            if (call.isBatch() && transaction.isObject()) {
                IsolationLevel level = IsolationLevels.of(transaction.path("isolationLevel"));
                return cache.bypass(
                        transactionBatch(call, request).respond(TransactionMode.of(level), request),
                        CacheSession.IN_TRANSACTION);
            }
            return cache.respond(query(call, request), request);
        } catch (SeparateBatch.Failed e) {
            return cache.bypass(withErrors(e, call.version(), request), FAILED);
        } catch (ApiError e) {
            return failed(e, call.version(), request);
        }
    }

    private static Response failed(ApiError error, ClientVersion version, RequestContext request) {
        if (!EngineErrors.isOfEngine(error)) {
            throw error;
        }
        return EngineResponses.json(
                        EngineResponses.errors(error, version, null),
                        EngineResponses.extensions(request.telemetry().extensions(), version))
                .errorCode(error.code());
    }

    private static Response withErrors(SeparateBatch.Failed failed, ClientVersion version, RequestContext request) {
        Map<String, ?> extensions =
                EngineResponses.extensions(request.telemetry().extensions(), version);
        JsonBuffer body =
                BatchResults.close(failed.results(), extensions == null ? null : EngineResponses.bytes(extensions));
        return Response.json(200, body.array(), body.size());
    }

    private CacheableQuery query(Call call, RequestContext request) {
        if (!call.isBatch()) {
            return single(call, request);
        }
        SeparateBatch batch = SeparateBatch.of(
                JsonQuery.ofBatch(call.body()), call.schema(), call.version(), runner, request.cancellation());
        QueryIdentity.ofBatch(request, batch.model(), batch.jobs());
        return batch;
    }

    private EngineQuery single(Call call, RequestContext request) {
        JsonQuery query = JsonQuery.of(call.body());
        PreparedQuery prepared = PreparedQuery.of(query, call.schema(), request.cancellation());
        QueryIdentity.ofPlan(
                request, query.model(), query.action(), null, prepared.jobs().getFirst());
        return new EngineQuery(prepared, call.version(), runner);
    }

    private TransactionBatch transactionBatch(Call call, RequestContext request) {
        List<PreparedQuery> queries =
                PreparedQuery.ofBatch(JsonQuery.ofBatch(call.body()), call.schema(), request.cancellation());
        QueryIdentity.ofBatch(request, null, PreparedQuery.jobs(queries));
        return new TransactionBatch(queries, call.version(), runner);
    }

    private CacheableQuery queryAgain(RequestContext request) {
        Call call = call(request);
        if (call == null) {
            throw ApiError.badRequest("The Prisma schema of the query is no longer stored. Upload the schema again");
        }
        return query(call, request);
    }

    private Response answerInTransaction(RequestContext request) {
        Call call = call(request);
        if (call == null) {
            return EngineResponses.schemaMissing();
        }
        try {
            return request.database()
                    .transactions()
                    .query(
                            request.exchange().pathParameter("id"),
                            request.owner(),
                            request.cancellation(),
                            statements -> inTransaction(call, statements, request));
        } catch (ApiError e) {
            return failed(e, call.version(), request);
        }
    }

    private Response inTransaction(Call call, Statements statements, RequestContext request) {
        if (call.isBatch()) {
            return transactionBatch(call, request).respondIn(statements, request);
        }
        EngineQuery query = single(call, request);
        JsonBuffer value = query.runIn(statements, request);
        Map<String, ?> extensions = query.extensions(request);
        JsonBuffer body = query.body(value, extensions == null ? null : EngineResponses.bytes(extensions));
        return Response.json(200, body.array(), body.size());
    }
}
