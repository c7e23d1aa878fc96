package dev.hasten.remoteexecutor;

import static dev.hasten.protocol.Scope.PRISMA;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.auth.ApiKey;
import dev.hasten.cache.CacheKey;
import dev.hasten.cache.CachedAnswer;
import dev.hasten.http.Answer;
import dev.hasten.http.Exchange;
import dev.hasten.http.Router;
import dev.hasten.plan.JsonBuffer;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QueryRequest;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.SqlComment;
import dev.hasten.request.AccelerateHeaders;
import dev.hasten.request.CacheUse;
import dev.hasten.request.Database;
import dev.hasten.request.Endpoint;
import dev.hasten.request.Extensions;
import dev.hasten.request.PlanRunner;
import dev.hasten.request.PlanRunner.Job;
import dev.hasten.request.RequestContext;
import dev.hasten.request.RequestRunner;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The calls of the remote-executor protocol. Source: {@code query-plan-executor/src/server/server.ts} and the client's
 * {@code RemoteExecutor.ts}.
 */
public final class RemoteExecutorRoutes {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final byte[] NO_DATA = "{}".getBytes(UTF_8);

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
        routes.route("GET", "/connection-info", requests.handler(PRISMA, RemoteExecutorRoutes::connectionInfo));
        routes.route("POST", "/query", requests.handler(PRISMA, this::beginQuery));
        routes.route("POST", "/transaction/start", requests.handler(PRISMA, this::startTransaction));
        routes.route("POST", "/transaction/{id}/query", requests.handler(PRISMA, this::beginTransactionQuery));
        routes.route("POST", "/transaction/{id}/commit", requests.handler(PRISMA, RemoteExecutorRoutes::commit));
        routes.route("POST", "/transaction/{id}/rollback", requests.handler(PRISMA, RemoteExecutorRoutes::rollback));
    }

    private static Answer connectionInfo(RequestContext request) {
        Map<String, Object> info = new LinkedHashMap<>();
        String schema = request.database().schema();
        if (schema != null) {
            info.put("schemaName", schema);
        }
        info.put("supportsRelationJoins", true);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("provider", "postgres");
        body.put("connectionInfo", info);
        return Answer.json(200, JSON.writeValueAsBytes(body));
    }

    private @Nullable Endpoint beginQuery(Exchange exchange, ApiKey apiKey, Database database) {
        CacheUse cache = cacheUse(exchange, apiKey, database);
        Answer stored = cache.stored();
        if (stored != null) {
            exchange.answer(stored);
            return null;
        }
        return request -> query(request, cache);
    }

    private Endpoint beginTransactionQuery(Exchange exchange, ApiKey apiKey, Database database) {
        CacheUse cache = cacheUse(exchange, apiKey, database);
        return request -> cache.bypass(transactionQuery(request));
    }

    private CacheUse cacheUse(Exchange exchange, ApiKey apiKey, Database database) {
        return CacheUse.byHeaders(new CacheUse.Asked(
                exchange, apiKey, database, CacheKey.Protocol.REMOTE_EXECUTOR, "", headers, this::readForCache));
    }

    private Answer query(RequestContext request, CacheUse cache) {
        QueryRequest query = parser.query(request.exchange().body(), request.parsing());
        Job job = job(query, request);
        CacheStrategy strategy = cache.strategyFor(query.model());
        if (!strategy.caches() || !job.isCacheable(query.operation())) {
            return cache.bypass(answer(runner.runPooled(job, request, request.cancellation()), request));
        }
        CachedAnswer cached = cache.fetch(
                strategy,
                query.model(),
                request.cancellation(),
                cancellation -> bytes(runner.runPooled(job, request, cancellation)));
        Map<String, Object> extensions = request.telemetry().extensions();
        return extensions == null || !cached.own()
                ? cache.answer(cached)
                : cache.label(Extensions.answer(cached.body().json().array(), extensions), cached);
    }

    private Job job(QueryRequest query, RequestContext request) {
        String comment = SqlComment.of(query.comments());
        return new Job(
                plans.get(request.exchange().body(), query.plan(), request.parsing()),
                query.parameters(),
                comment.isEmpty() ? "" : " " + comment);
    }

    private byte[] readForCache(RequestContext request) {
        Job job = job(parser.query(request.exchange().body(), request.parsing()), request);
        return bytes(runner.runPooled(job, request, request.cancellation()));
    }

    private Answer transactionQuery(RequestContext request) {
        Job job = job(parser.query(request.exchange().body(), request.parsing()), request);
        JsonBuffer[] data = new JsonBuffer[1];
        request.database()
                .transactions()
                .query(
                        request.exchange().pathParameter("id"),
                        request.owner(),
                        request.cancellation(),
                        statements -> data[0] = runner.run(job, statements, request, request.cancellation()));
        return answer(data[0], request);
    }

    private static byte[] bytes(@Nullable JsonBuffer data) {
        if (data == null) {
            return NO_DATA;
        }
        JsonBuffer body = data.finish(null);
        return Arrays.copyOf(body.array(), body.size());
    }

    private static Answer answer(@Nullable JsonBuffer data, RequestContext request) {
        Map<String, Object> extensions = request.telemetry().extensions();
        if (data == null) {
            return extensions == null ? Answer.json(200, NO_DATA) : withExtensions(Map.of(), extensions);
        }
        JsonBuffer body = data.finish(extensions == null ? null : JSON.writeValueAsBytes(extensions));
        return Answer.json(200, body.array(), body.size());
    }

    private static Answer withExtensions(Map<String, ?> body, Map<String, Object> extensions) {
        Map<String, Object> all = new LinkedHashMap<>(body);
        all.put("extensions", extensions);
        return Answer.json(200, JSON.writeValueAsBytes(all));
    }

    private static Answer plain(Map<String, ?> body, RequestContext request) {
        Map<String, Object> extensions = request.telemetry().extensions();
        return extensions == null ? Answer.json(200, JSON.writeValueAsBytes(body)) : withExtensions(body, extensions);
    }

    private Answer startTransaction(RequestContext request) {
        TransactionStartRequest start = TransactionStartRequest.of(
                parser.object(request.exchange().body(), request.parsing()), request.access(), request.owner());
        String[] id = new String[1];
        String nestedIn = start.nestedIn();
        request.telemetry().span("start_transaction", () -> {
            if (nestedIn != null) {
                request.database().transactions().startNested(nestedIn, request.owner(), request.cancellation());
                id[0] = nestedIn;
            } else {
                id[0] = request.database().transactions().start(start.options(), request.cancellation());
            }
        });
        return plain(Map.of("id", id[0]), request).header("Prisma-Transaction-Id", id[0]);
    }

    private static Answer commit(RequestContext request) {
        request.database()
                .transactions()
                .commit(
                        request.exchange().pathParameter("id"),
                        request.owner(),
                        request.cancellation(),
                        request.telemetry());
        return plain(Map.of(), request);
    }

    private static Answer rollback(RequestContext request) {
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
