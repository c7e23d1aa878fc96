package dev.hasten.remoteexecutor;

import static dev.hasten.admission.Endpoint.blocking;
import static dev.hasten.config.KeyScope.PRISMA;

import dev.hasten.admission.AdmittedRequest;
import dev.hasten.admission.Endpoint;
import dev.hasten.admission.QueryIdentity;
import dev.hasten.admission.RequestContext;
import dev.hasten.admission.RequestRunner;
import dev.hasten.caching.AccelerateHeaders;
import dev.hasten.caching.CacheSession;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.protocol.QueryRequest;
import dev.hasten.protocol.QuerySignature.Member;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.SqlComment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The routes of the remote-executor protocol. Source: {@code query-plan-executor/src/server/server.ts} and the client's
 * {@code RemoteExecutor.ts}.
 */
public final class RemoteExecutorRoutes {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** The comment of {@code @prisma/sqlcommenter-query-insights}: {@code Post.findMany:ARGUMENTS}. */
    private static final String QUERY_INSIGHTS = "prismaQuery";

    private final RequestParser parser;
    private final PlanCache plans;
    private final PlanRunner runner;
    private final AccelerateHeaders headers;

    public RemoteExecutorRoutes(RequestParser parser, PlanRunner runner, AccelerateHeaders headers) {
        this.parser = parser;
        this.plans = new PlanCache(parser);
        this.runner = runner;
        this.headers = headers;
    }

    /** Adds the protocol's routes. */
    public void addTo(Router.Builder routes, RequestRunner requests) {
        routes.guardedRoute(
                "GET", "/connection-info", requests.handler(PRISMA, blocking(RemoteExecutorRoutes::connectionInfo)));
        routes.guardedRoute("POST", "/query", requests.handler(PRISMA, this::beginQuery));
        routes.guardedRoute("POST", "/transaction/start", requests.handler(PRISMA, blocking(this::startTransaction)));
        routes.guardedRoute("POST", "/transaction/{id}/query", requests.handler(PRISMA, this::beginTransactionQuery));
        routes.guardedRoute(
                "POST", "/transaction/{id}/commit", requests.handler(PRISMA, blocking(RemoteExecutorRoutes::commit)));
        routes.guardedRoute(
                "POST",
                "/transaction/{id}/rollback",
                requests.handler(PRISMA, blocking(RemoteExecutorRoutes::rollback)));
    }

    private static Response connectionInfo(RequestContext request) {
        Map<String, Object> info = new LinkedHashMap<>();
        String schema = request.database().searchPath();
        if (schema != null) {
            info.put("schemaName", schema);
        }
        info.put("supportsRelationJoins", true);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("provider", "postgres");
        body.put("connectionInfo", info);
        return Response.json(200, JSON.writeValueAsBytes(body));
    }

    private Endpoint.Outcome beginQuery(AdmittedRequest admitted) {
        CacheSession cache = cacheSession(admitted);
        Response stored = cache.stored();
        if (stored != null) {
            return new Endpoint.Respond(stored);
        }
        return (Endpoint.Work) request -> cache.respond(planQuery(request), request);
    }

    private Endpoint.Outcome beginTransactionQuery(AdmittedRequest admitted) {
        CacheSession cache = cacheSession(admitted);
        return (Endpoint.Work) request -> cache.bypass(transactionQuery(request), CacheSession.IN_TRANSACTION);
    }

    private CacheSession cacheSession(AdmittedRequest admitted) {
        return CacheSession.byHeaders(new CacheSession.CacheRequest(
                admitted, "remote-executor", "", UnaryOperator.identity(), Member.COMMENTS, headers, this::planQuery));
    }

    private PlanQuery planQuery(RequestContext request) {
        QueryRequest query = parser.query(request.exchange().body(), request.parsing());
        return new PlanQuery(query, job(query, request), runner);
    }

    private Job job(QueryRequest query, RequestContext request) {
        String comment = SqlComment.of(query.comments());
        Job job = new Job(
                plans.get(request.exchange().body(), query.plan(), request.parsing()),
                query.parameters(),
                comment.isEmpty() ? "" : " " + comment);
        QueryIdentity.ofPlan(
                request, query.model(), query.operation(), query.comments().get(QUERY_INSIGHTS), job);
        return job;
    }

    private Response transactionQuery(RequestContext request) {
        Job job = job(parser.query(request.exchange().body(), request.parsing()), request);
        JsonBuffer data = request.database()
                .transactions()
                .<@Nullable JsonBuffer>query(
                        request.exchange().pathParameter("id"),
                        request.owner(),
                        request.cancellation(),
                        statements -> runner.run(job, statements, request.environment()));
        Map<String, Object> extensions = request.telemetry().extensions();
        JsonBuffer body = PlanQuery.framed(data, extensions == null ? null : JSON.writeValueAsBytes(extensions));
        return Response.json(200, body.array(), body.size());
    }

    private static Response withExtensions(Map<String, ?> body, Map<String, Object> extensions) {
        Map<String, Object> all = new LinkedHashMap<>(body);
        all.put("extensions", extensions);
        return Response.json(200, JSON.writeValueAsBytes(all));
    }

    private static Response plain(Map<String, ?> body, RequestContext request) {
        Map<String, Object> extensions = request.telemetry().extensions();
        return extensions == null ? Response.json(200, JSON.writeValueAsBytes(body)) : withExtensions(body, extensions);
    }

    private Response startTransaction(RequestContext request) {
        TransactionStartRequest start = TransactionStartRequest.of(
                parser.object(request.exchange().body(), request.parsing()), request.access(), request.owner());
        String[] id = new String[1];
        String nestedIn = start.nestedIn();
        request.telemetry().span("start_transaction", () -> {
            if (nestedIn != null) {
                request.database().transactions().startNested(nestedIn, request.owner(), request.cancellation());
                id[0] = nestedIn;
            } else {
                id[0] = request.database()
                        .transactions()
                        .start(start.options(), request.cancellation(), request.telemetry());
            }
        });
        return plain(Map.of("id", id[0]), request).header("Prisma-Transaction-Id", id[0]);
    }

    private static Response commit(RequestContext request) {
        request.database()
                .transactions()
                .commit(
                        request.exchange().pathParameter("id"),
                        request.owner(),
                        request.cancellation(),
                        request.telemetry());
        return plain(Map.of(), request);
    }

    private static Response rollback(RequestContext request) {
        request.database()
                .transactions()
                .rollback(
                        request.exchange().pathParameter("id"),
                        request.owner(),
                        request.cancellation(),
                        request.telemetry());
        return plain(Map.of(), request);
    }
}
