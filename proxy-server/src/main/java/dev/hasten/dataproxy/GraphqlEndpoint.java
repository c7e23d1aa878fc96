package dev.hasten.dataproxy;

import dev.hasten.admission.AdmittedRequest;
import dev.hasten.admission.Endpoint;
import dev.hasten.admission.RequestContext;
import dev.hasten.caching.AccelerateHeaders;
import dev.hasten.caching.CacheSession;
import dev.hasten.http.Answer;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.Statements;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.QuerySignature.Member;
import dev.hasten.protocol.RequestParser;
import dev.hasten.schema.CompiledSchema;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Queries and batches of queries. The path says graphql for the sake of old clients; it is JSON that comes. */
final class GraphqlEndpoint {
    private final RequestParser parser;
    private final PlanRunner runner;
    private final BatchRunner batches;
    private final AccelerateHeaders headers;

    GraphqlEndpoint(RequestParser parser, PlanRunner runner, AccelerateHeaders headers) {
        this.parser = parser;
        this.runner = runner;
        this.batches = new BatchRunner(runner);
        this.headers = headers;
    }

    /** Responds from the cache, or runs the queries. */
    Endpoint.Outcome begin(AdmittedRequest admitted) {
        CacheSession cache = cacheSession(admitted);
        Answer stored = cache.stored();
        if (stored != null) {
            return new Endpoint.Respond(stored);
        }
        return (Endpoint.Work) request -> answer(request, cache);
    }

    /** Runs the queries in an interactive transaction, where nothing is cached. */
    Endpoint.Outcome beginInTransaction(AdmittedRequest admitted) {
        CacheSession cache = cacheSession(admitted);
        return (Endpoint.Work) request -> cache.bypass(answerInTransaction(request));
    }

    private CacheSession cacheSession(AdmittedRequest admitted) {
        return CacheSession.byHeaders(new CacheSession.CacheRequest(
                admitted,
                "data-proxy",
                admitted.exchange().pathParameter("schema"),
                Member.COMMENTS,
                headers,
                this::queryAgain));
    }

    /** A request as far as it is understood without its query. */
    private record Call(ClientVersion version, CompiledSchema schema, JsonNode body) {
        boolean isBatch() {
            return body.has("batch");
        }
    }

    private @Nullable Call call(RequestContext request) {
        ClientVersion version = ClientVersion.of(request.exchange().pathParameter("version"));
        CompiledSchema schema =
                request.database().schemas().find(request.exchange().pathParameter("schema"));
        return schema == null
                ? null
                : new Call(version, schema, parser.object(request.exchange().body(), request.parsing()));
    }

    private Answer answer(RequestContext request, CacheSession cache) {
        Call call = call(request);
        if (call == null) {
            return EngineAnswers.schemaMissing();
        }
        try {
            return call.isBatch()
                    ? cache.bypass(batches.answer(call.body(), call.schema(), call.version(), request))
                    : cache.respond(query(call, request), request);
        } catch (ApiError e) {
            return failed(e, call.version(), request);
        }
    }

    private static Answer failed(ApiError error, ClientVersion version, RequestContext request) {
        if (!EngineErrors.isOfEngine(error)) {
            throw error;
        }
        request.telemetry().failed(error);
        return EngineAnswers.json(
                EngineAnswers.errors(error, version, null),
                EngineAnswers.extensions(request.telemetry().extensions(), version));
    }

    private EngineQuery query(Call call, RequestContext request) {
        JsonQuery query = JsonQuery.of(call.body());
        return new EngineQuery(PreparedQuery.of(query, call.schema(), request.cancellation()), call.version(), runner);
    }

    private EngineQuery queryAgain(RequestContext request) {
        Call call = call(request);
        if (call == null) {
            throw ApiError.badRequest("The Prisma schema of the query is not known any more");
        }
        return query(call, request);
    }

    private Answer answerInTransaction(RequestContext request) {
        Call call = call(request);
        if (call == null) {
            return EngineAnswers.schemaMissing();
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

    private Answer inTransaction(Call call, Statements statements, RequestContext request) {
        if (call.isBatch()) {
            return batches.inTransaction(call.body(), call.schema(), call.version(), statements, request);
        }
        EngineQuery query = query(call, request);
        JsonBuffer value = query.run(statements, request);
        Map<String, ?> extensions = query.extensions(request);
        JsonBuffer body = query.body(value, extensions == null ? null : EngineAnswers.bytes(extensions));
        return Answer.json(200, body.array(), body.size());
    }
}
