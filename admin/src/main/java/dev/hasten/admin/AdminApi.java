package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.admission.ErrorResponses;
import dev.hasten.http.Exchange;
import dev.hasten.http.Handler;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import java.time.Clock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin API. Everything except {@code /health} requires {@code Authorization: Bearer <admin token>}, even
 * {@code /metrics} and even from this machine, because behind a local proxy every client appears local.
 */
public final class AdminApi {
    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
    private static final byte[] HEALTHY = "{\"status\":\"ok\"}".getBytes(UTF_8);
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HastenServer server;
    private final AdminToken token;
    private final ServerStates states;
    private final KeyEndpoints keys;
    private final CacheStates cacheStates;
    private final CacheEndpoints caches;
    private final ExplainEndpoint explain;
    private final SchemaStates schemas;

    /** Creates the API of a running server. */
    public AdminApi(HastenServer server, AdminToken token, Clock clock) {
        this.server = server;
        this.token = token;
        this.states = new ServerStates(server, clock);
        this.keys = new KeyEndpoints(server.keys(), server.databases().keySet(), clock);
        this.cacheStates = new CacheStates(server.databases().values());
        this.caches = new CacheEndpoints(server.databases());
        this.explain = new ExplainEndpoint(server);
        this.schemas = new SchemaStates(server.databases().values());
    }

    /** All routes of the API. */
    public Router routes() {
        return Router.builder()
                .route("GET", "/health", exchange -> exchange.respond(Response.json(200, HEALTHY)))
                .route("GET", "/metrics", authorized(_ -> metrics()))
                .route("GET", "/status", authorized(_ -> AdminJson.response(200, states.status())))
                .route("GET", "/pools", authorized(_ -> AdminJson.response(200, states.pools())))
                .route("GET", "/transactions", authorized(_ -> AdminJson.response(200, states.transactions())))
                .route("GET", "/schemas", authorized(_ -> AdminJson.response(200, schemas.schemas())))
                .route("GET", "/cache", authorized(_ -> AdminJson.response(200, cacheStates.caches())))
                .route("GET", "/cache/explain", authorized(explain::explain))
                .route("POST", "/cache/invalidate", authorized(caches::invalidate))
                .route("POST", "/schema/invalidate", authorized(caches::schemaChanged))
                .route("GET", "/keys", authorized(_ -> keys.list()))
                .route("POST", "/keys", authorized(keys::create))
                .route("DELETE", "/keys/{id}", authorized(keys::revoke))
                .build();
    }

    private Response metrics() {
        return Response.bytes(200, PROMETHEUS, server.metrics().scrape().getBytes(UTF_8));
    }

    /** Runs the work on a virtual thread, where it may block, if the request has the admin token. */
    private Handler authorized(Function<Exchange, Response> work) {
        return exchange -> {
            if (token.opens(exchange.header("authorization"))) {
                Thread.ofVirtual().name("hasten-admin").start(() -> exchange.respond(run(work, exchange)));
            } else {
                exchange.respond(ErrorResponses.of(unauthorized()));
            }
        };
    }

    private static Response run(Function<Exchange, Response> work, Exchange exchange) {
        try {
            return work.apply(exchange);
        } catch (ApiError e) {
            return ErrorResponses.of(e);
        } catch (Throwable e) {
            // Includes Errors: the client must get a response in any case.
            LOG.error("admin request {} failed", exchange.requestId(), e);
            return ErrorResponses.of(ApiError.internal(exchange.requestId()));
        }
    }

    private static ApiError unauthorized() {
        return ApiError.of(
                401,
                "P6002",
                "Unauthorized: the admin API requires `Authorization: Bearer <admin token>`. The token is admin_token"
                        + " in the configuration or, if that is unset, the content of the file admin-token in"
                        + " state_dir");
    }
}
