package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.admin.AdminCall.Access;
import dev.hasten.admin.AdminCall.Answer;
import dev.hasten.admin.AdminCall.Parameter;
import dev.hasten.admin.AdminTokens.Permission;
import dev.hasten.admission.ErrorResponses;
import dev.hasten.auth.KeyFileException;
import dev.hasten.config.ServerConfig;
import dev.hasten.explain.Explanation;
import dev.hasten.http.Exchange;
import dev.hasten.http.HttpServerException;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import dev.hasten.telemetry.LogLevels;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin API. Everything except {@code /health}, the OpenAPI document and the files of the dashboard requires {@code
 * Authorization: Bearer <token>}, even {@code /metrics} and even from this machine, because behind a local proxy every client
 * appears local.
 */
public final class AdminApi {
    /** Who does what is done with this API, in the audit log. */
    static final String ACTOR = "admin API";

    private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
    private static final byte[] HEALTHY = "{\"status\":\"ok\"}".getBytes(UTF_8);
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final Parameter DATABASE =
            new Parameter("database", "The database; may be omitted if there is only one.");
    private static final Parameter ONLY_DATABASE = new Parameter("database", "Only those of this database.");
    private static final Parameter WINDOW = new Parameter("window", "5m (default), 1h or 24h.");

    private final HastenServer server;
    private final AdminTokens tokens;
    private final RequestOrigin origin;
    private final List<AdminCall> calls;
    private final byte[] document;

    private record Healthy(String status) {}

    /** Creates the API of a running server. */
    public AdminApi(HastenServer server, AdminToken token, Clock clock) {
        this.server = server;
        Supplier<ServerConfig> config = () -> server.latestConfig().server();
        this.tokens = new AdminTokens(
                () -> config.get().adminToken(),
                () -> config.get().adminReadToken(),
                server.config().server().stateDir(),
                token);
        this.origin = new RequestOrigin(config);
        this.calls = calls(clock);
        this.document = OpenApi.of(calls);
    }

    private List<AdminCall> calls(Clock clock) {
        ServerEndpoints states = new ServerEndpoints(server, clock);
        LiveEndpoints live = new LiveEndpoints(
                server.live(), exchange -> tokens.permission(exchange.header("authorization")) != Permission.NONE);
        RequestEndpoints requests = new RequestEndpoints(server);
        ConnectionEndpoints connections = new ConnectionEndpoints(server);
        CacheStates cacheStates = new CacheStates(server.databases().values());
        CacheEndpoints caches = new CacheEndpoints(server);
        ExplainEndpoint explain = new ExplainEndpoint(server);
        InsightsEndpoints insights = new InsightsEndpoints(server);
        KeyEndpoints keys = new KeyEndpoints(
                server.keys(), server.keyMeters(), server.databases().keySet(), clock);
        SchemaStates schemas = new SchemaStates(server.databases().values());
        AuditEndpoints audit = new AuditEndpoints(server, tokens);
        return List.of(
                open(
                        "/health",
                        "Whether the process runs.",
                        Answer.of(Healthy.class),
                        _ -> Response.json(200, HEALTHY)),
                open(
                        "/openapi.json",
                        "This document.",
                        new Answer(200, null, "application/json"),
                        _ -> Response.json(200, document)),
                read("/metrics", "All metrics, for Prometheus.", Answer.text("text/plain"), _ -> metrics()),
                AdminCall.get("/status", "The server and its databases.", ServerEndpoints.Status.class, states::status),
                AdminCall.get(
                        "/live",
                        "Throughput, latencies and states over time.",
                        LiveEndpoints.Live.class,
                        live::points,
                        WINDOW),
                new AdminCall(
                        "GET",
                        "/live/stream",
                        Access.READ,
                        "The same as server-sent events: `points` first, then `more` for each new point.",
                        List.of(WINDOW),
                        null,
                        Answer.text("text/event-stream"),
                        live::stream),
                AdminCall.get("/requests", "The running requests.", RequestEndpoints.Requests.class, requests::list),
                AdminCall.post(
                        "/requests/{id}/cancel",
                        "Cancels a running request and its statement.",
                        null,
                        Answer.EMPTY,
                        requests::cancel),
                AdminCall.get(
                        "/transactions",
                        "The open interactive transactions.",
                        ConnectionEndpoints.Transactions.class,
                        connections::transactions),
                AdminCall.post(
                        "/transactions/{id}/kill",
                        "Rolls back an interactive transaction.",
                        null,
                        Answer.EMPTY,
                        connections::kill),
                AdminCall.get("/pools", "The connection pools.", ConnectionEndpoints.Pools.class, connections::pools),
                AdminCall.post(
                        "/pools/{database}/pause",
                        "Lets requests wait for a connection until the pool is resumed.",
                        null,
                        Answer.EMPTY,
                        connections::pause),
                AdminCall.post("/pools/{database}/resume", "Ends a pause.", null, Answer.EMPTY, connections::resume),
                AdminCall.post(
                        "/pools/{database}/evict",
                        "Replaces all connections, each as soon as it is free.",
                        null,
                        Answer.EMPTY,
                        connections::evict),
                AdminCall.post(
                        "/drain",
                        "Reports the server as not ready and closes connections after their next response.",
                        null,
                        Answer.EMPTY,
                        states::drain),
                AdminCall.delete("/drain", "Ends a drain.", states::undrain),
                AdminCall.get("/log/levels", "The temporary log levels.", ServerEndpoints.Levels.class, states::levels),
                AdminCall.post(
                        "/log/levels",
                        "Sets the log level of a package or class for some minutes.",
                        ServerEndpoints.LevelRequest.class,
                        Answer.of(LogLevels.Temporary.class),
                        states::setLevel),
                AdminCall.delete("/log/levels/{logger}", "Ends a temporary log level.", states::resetLevel),
                AdminCall.get(
                        "/config",
                        "The configuration in force, and where each value comes from.",
                        ServerEndpoints.Configuration.class,
                        states::configuration),
                AdminCall.post(
                        "/config/reload",
                        "Reads the configuration again, and applies what needs no restart.",
                        null,
                        Answer.of(ServerEndpoints.Reloaded.class),
                        states::reload),
                AdminCall.post(
                        "/certificates/reload",
                        "Reads the certificate and its key again, for new connections.",
                        null,
                        Answer.EMPTY,
                        states::reloadCertificates),
                AdminCall.get(
                        "/schemas", "The uploaded Prisma schemas.", SchemaStates.AllSchemas.class, schemas::schemas),
                AdminCall.get(
                        "/cache",
                        "Contents, limits and counts of the caches.",
                        CacheStates.Caches.class,
                        cacheStates::caches),
                AdminCall.get(
                        "/cache/use",
                        "The stored responses by model and tag, and those that save most time.",
                        CacheEndpoints.CacheUseReport.class,
                        caches::use,
                        DATABASE,
                        new Parameter("top", "How many single responses; 20 if it is absent.")),
                AdminCall.get(
                        "/cache/invalidations",
                        "The latest invalidations with their causes.",
                        CacheEndpoints.Invalidations.class,
                        caches::invalidations,
                        ONLY_DATABASE,
                        new Parameter("limit", "How many; 100 if it is absent.")),
                AdminCall.get(
                        "/cache/explain",
                        "Why a response is or is not cached.",
                        Explanation.class,
                        explain::explain,
                        new Parameter("request", "The id of a request."),
                        new Parameter("signature", "The header accelerate-signature of a response."),
                        new Parameter("sql", "A statement, which is planned but not run."),
                        DATABASE),
                AdminCall.post(
                        "/cache/invalidate",
                        "Invalidates responses by tags, tables or model, or all of a database.",
                        CacheEndpoints.InvalidateBody.class,
                        Answer.of(CacheEndpoints.Invalidated.class),
                        caches::invalidate),
                AdminCall.post(
                        "/schema/invalidate",
                        "Reports that the schema has changed.",
                        CacheEndpoints.SchemaBody.class,
                        Answer.of(CacheEndpoints.SchemaChanged.class),
                        caches::schemaChanged),
                AdminCall.get(
                        "/insights",
                        "Statistics of queries by their shape.",
                        InsightsEndpoints.InsightsReport.class,
                        insights::report,
                        new Parameter("window", "current (default) or previous."),
                        ONLY_DATABASE,
                        new Parameter("sort", "total (default), calls, mean, p95, p99, saved, errors or hit_rate."),
                        new Parameter("search", "Only those whose model, operation, arguments or SQL contain this."),
                        new Parameter("limit", "How many; 100 if it is absent.")),
                AdminCall.get(
                        "/insights/advice",
                        "What to cache, and which strategies do not help.",
                        InsightsEndpoints.AllAdvice.class,
                        insights::advice,
                        ONLY_DATABASE),
                AdminCall.post("/insights/reset", "Starts a new window.", null, Answer.EMPTY, insights::reset),
                AdminCall.get(
                        "/keys",
                        "The API keys with their use, without their tokens.",
                        KeyEndpoints.KeyList.class,
                        keys::list),
                AdminCall.post(
                        "/keys",
                        "Creates an API key.",
                        KeyEndpoints.NewKeyRequest.class,
                        Answer.of(201, KeyEndpoints.NewKey.class),
                        keys::create),
                AdminCall.post(
                        "/keys/{id}/rotate",
                        "Replaces the token of an API key.",
                        KeyEndpoints.RotateRequest.class,
                        Answer.of(KeyEndpoints.NewKey.class),
                        keys::rotate),
                AdminCall.delete("/keys/{id}", "Revokes an API key.", keys::revoke),
                AdminCall.get(
                        "/audit",
                        "What was done to the server.",
                        AuditEndpoints.Events.class,
                        audit::latest,
                        new Parameter("limit", "How many; 100 if it is absent.")),
                AdminCall.post(
                        "/token/rotate",
                        "Replaces the generated admin token.",
                        null,
                        Answer.of(AuditEndpoints.NewToken.class),
                        audit::rotateToken));
    }

    private static AdminCall open(String path, String summary, Answer answer, Function<Exchange, Response> work) {
        return new AdminCall("GET", path, Access.OPEN, summary, List.of(), null, answer, work);
    }

    private static AdminCall read(String path, String summary, Answer answer, Function<Exchange, Response> work) {
        return new AdminCall("GET", path, Access.READ, summary, List.of(), null, answer, work);
    }

    /** All calls. */
    List<AdminCall> calls() {
        return calls;
    }

    /** All routes: those of the API, and the dashboard. */
    public Router routes() {
        Router.Builder routes = Router.builder();
        calls.forEach(call -> routes.route(call.method(), call.path(), exchange -> handle(call, exchange)));
        Dashboard.addTo(routes, exchange -> !origin.hasOwnHost(exchange));
        return routes.build();
    }

    private Response metrics() {
        return Response.bytes(200, PROMETHEUS, server.metrics().scrape().getBytes(UTF_8));
    }

    /** Handles a call on a virtual thread, where it may block. */
    private void handle(AdminCall call, Exchange exchange) {
        Thread.ofVirtual().name("hasten-admin").start(() -> {
            Response response = response(call, exchange);
            if (response != Response.STREAMED) {
                exchange.respond(response);
            }
        });
    }

    private Response response(AdminCall call, Exchange exchange) {
        try {
            ApiError refusal = refusal(call, exchange);
            if (refusal != null) {
                return ErrorResponses.of(refusal);
            }
            if (call.access() != Access.OPEN) {
                Query.check(exchange, call.parameters());
                checkBody(call, exchange.body());
            }
            return call.work().apply(exchange);
        } catch (ApiError e) {
            return ErrorResponses.of(e);
        } catch (KeyFileException | HttpServerException e) {
            LOG.error("admin request {} failed: {}", exchange.requestId(), e.getMessage());
            return ErrorResponses.of(ApiError.of(500, "P6000", String.valueOf(e.getMessage())));
        } catch (Throwable e) {
            // Includes Errors: the client must get a response in any case.
            LOG.error("admin request {} failed", exchange.requestId(), e);
            return ErrorResponses.of(ApiError.internal(exchange.requestId()));
        }
    }

    private static void checkBody(AdminCall call, byte[] body) {
        if (call.body() == null
                && body.length > 0
                && !new String(body, UTF_8).strip().equals("{}")) {
            throw ApiError.badRequest("This call has no body");
        }
    }

    /** Why the call must not be made; null if it may. Load balancers call {@code /health} with any name. */
    private @Nullable ApiError refusal(AdminCall call, Exchange exchange) {
        if (call.path().equals("/health")) {
            return null;
        }
        if (!origin.hasOwnHost(exchange)) {
            return foreignHost();
        }
        if (!origin.isOwnOrigin(exchange)) {
            return ApiError.forbidden(
                    "Refused: the request comes from a page of another site. Only the dashboard of this"
                            + " server may call the admin API from a browser");
        }
        if (call.access() == Access.OPEN) {
            return null;
        }
        Permission permission = tokens.permission(exchange.header("authorization"));
        if (permission == Permission.NONE) {
            return unauthorized();
        }
        return call.access() == Access.WRITE && permission == Permission.READ
                ? ApiError.forbidden("This token may only read (admin_read_token). Use the admin token for this call")
                : null;
    }

    static ApiError foreignHost() {
        return ApiError.forbidden(
                "Refused: the Host header has an unknown name. Use an address or localhost, or add the name"
                        + " to admin_allowed_hosts");
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
