package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.admission.ErrorAnswers;
import dev.hasten.http.Answer;
import dev.hasten.http.Exchange;
import dev.hasten.http.Handler;
import dev.hasten.http.Router;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import java.time.Clock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin API. Everything but {@code /health} needs {@code Authorization: Bearer <admin token>}, from this machine
 * too, {@code /metrics} included: a local proxy would make every caller look local.
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
    private final SchemaStates schemas;

    /** The API of a running server. */
    public AdminApi(HastenServer server, AdminToken token, Clock clock) {
        this.server = server;
        this.token = token;
        this.states = new ServerStates(server, clock);
        this.keys = new KeyEndpoints(server.keys(), server.databases().keySet(), clock);
        this.cacheStates = new CacheStates(server.databases().values());
        this.caches = new CacheEndpoints(server.databases());
        this.schemas = new SchemaStates(server.databases().values());
    }

    /** All of it. */
    public Router routes() {
        return Router.builder()
                .route("GET", "/health", exchange -> exchange.answer(Answer.json(200, HEALTHY)))
                .route("GET", "/metrics", authorized(_ -> metrics()))
                .route("GET", "/status", authorized(_ -> AdminJson.answer(200, states.status())))
                .route("GET", "/pools", authorized(_ -> AdminJson.answer(200, states.pools())))
                .route("GET", "/transactions", authorized(_ -> AdminJson.answer(200, states.transactions())))
                .route("GET", "/schemas", authorized(_ -> AdminJson.answer(200, schemas.schemas())))
                .route("GET", "/cache", authorized(_ -> AdminJson.answer(200, cacheStates.caches())))
                .route("POST", "/cache/invalidate", authorized(caches::invalidate))
                .route("POST", "/schema/invalidate", authorized(caches::schemaChanged))
                .route("GET", "/keys", authorized(_ -> keys.list()))
                .route("POST", "/keys", authorized(keys::create))
                .route("DELETE", "/keys/{id}", authorized(keys::revoke))
                .build();
    }

    private Answer metrics() {
        return Answer.bytes(200, PROMETHEUS, server.meters().scrape().getBytes(UTF_8));
    }

    /** Work for whoever has the token, on a virtual thread: it may block. */
    private Handler authorized(Function<Exchange, Answer> work) {
        return exchange -> {
            if (token.opens(exchange.header("authorization"))) {
                Thread.ofVirtual().name("hasten-admin").start(() -> exchange.answer(run(work, exchange)));
            } else {
                exchange.answer(ErrorAnswers.of(unauthorized()));
            }
        };
    }

    private static Answer run(Function<Exchange, Answer> work, Exchange exchange) {
        try {
            return work.apply(exchange);
        } catch (ApiError e) {
            return ErrorAnswers.of(e);
        } catch (Throwable e) {
            // Errors too: the client gets its answer in any case.
            LOG.error("admin request {} failed", exchange.requestId(), e);
            return ErrorAnswers.of(ApiError.internal(exchange.requestId()));
        }
    }

    private static ApiError unauthorized() {
        return ApiError.of(
                401,
                "P6002",
                "Unauthorized: the admin API needs `Authorization: Bearer <admin token>`. The token is admin_token of the"
                        + " configuration or, when that is unset, stands in the file admin-token in state_dir");
    }
}
