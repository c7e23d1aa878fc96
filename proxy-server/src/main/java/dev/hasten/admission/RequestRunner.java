package dev.hasten.admission;

import dev.hasten.activity.RequestActivity;
import dev.hasten.activity.RunningRequests;
import dev.hasten.activity.Timeline;
import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.KeyMeter;
import dev.hasten.auth.KeyMeter.LimitState;
import dev.hasten.auth.KeyMeters;
import dev.hasten.config.KeyScope;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.http.ErrorRenderer;
import dev.hasten.http.Exchange;
import dev.hasten.http.GuardedHandler;
import dev.hasten.http.GuardedHandler.Accept;
import dev.hasten.http.GuardedHandler.Decision;
import dev.hasten.http.GuardedHandler.Refuse;
import dev.hasten.http.Response;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.plan.PlanFailure;
import dev.hasten.protocol.ApiError;
import dev.hasten.telemetry.CaptureSettings;
import dev.hasten.telemetry.RequestTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits requests with a valid key to their endpoint, runs its blocking work on a virtual thread, and stops the work at the
 * time limit or when the client disconnects. Errors become responses here.
 */
public final class RequestRunner {
    private static final Logger LOG = LoggerFactory.getLogger(RequestRunner.class);

    private final ApiKeys keys;
    private final Map<String, Database> databases;
    private final MemoryBudget memory;
    private final WrongKeys wrongKeys;
    private final KeyMeters meters;
    private final Watchdog watchdog;
    private final Options options;
    private final InstantSource clock = InstantSource.system();
    private final AtomicInteger running = new AtomicInteger();
    private final RunningRequests activities;

    /**
     * What else applies to requests.
     *
     * @param clientCertificates whether clients need a certificate
     * @param tracing whether what requests do is recorded for their traces
     */
    public record Options(boolean clientCertificates, boolean tracing) {}

    /**
     * @param databases the databases by name
     * @param memory the budget that requests take from
     * @param wrongKeys counts requests without a valid key
     * @param meters enforce the limits of keys
     * @param activities the running requests, for operators
     * @param watchdog enforces time limits, and stops requests when the server stops
     */
    public RequestRunner(
            ApiKeys keys,
            Map<String, Database> databases,
            MemoryBudget memory,
            WrongKeys wrongKeys,
            KeyMeters meters,
            RunningRequests activities,
            Watchdog watchdog,
            Options options) {
        this.options = options;
        this.memory = memory;
        this.keys = keys;
        this.wrongKeys = wrongKeys;
        this.meters = meters;
        this.activities = activities;
        this.databases = Map.copyOf(databases);
        this.watchdog = watchdog;
    }

    /** A handler for requests of Prisma Client whose key has the scope. */
    public GuardedHandler handler(KeyScope scope, Endpoint endpoint) {
        return handler(scope, Protocol.PRISMA, endpoint);
    }

    /** A handler for requests whose key has the scope. */
    public GuardedHandler handler(KeyScope scope, Protocol protocol, Endpoint endpoint) {
        return new GuardedHandler() {
            @Override
            public Decision decide(Exchange head) {
                return admit(head, scope, protocol, endpoint);
            }

            @Override
            public Response outgoing(Exchange exchange, Response response) {
                return exchange.attachment() instanceof RequestActivity activity
                                && !activity.origin().key().limits().isNone()
                        ? KeyLimitResponses.withState(response, activity.origin(), clock.instant())
                        : response;
            }

            @Override
            public ErrorRenderer errors() {
                return (status, code, message) -> protocol.error(ApiError.of(status, code, message), null);
            }
        };
    }

    private Decision admit(Exchange head, KeyScope scope, Protocol protocol, Endpoint endpoint) {
        try {
            if (options.clientCertificates() && !head.hasClientCertificate()) {
                throw ApiError.forbidden(
                        "This server requires a client certificate (tls.client_ca), and the connection has none");
            }
            Timeline timeline = options.tracing() ? new Timeline() : null;
            long started = timeline == null ? 0 : System.nanoTime();
            ApiKey key = protocol.key(keys, head);
            if (timeline != null) {
                timeline.addSince(started, Timeline.Kind.AUTHENTICATION);
            }
            KeyMeter meter = meters.of(key);
            RequestActivity activity = new RequestActivity(
                    new RequestActivity.Origin(head.requestId(), key, meter, head.route()),
                    head.arrivalNanos(),
                    timeline);
            // First, so that refusals are logged with the key.
            head.attach(activity);
            requireScope(key, scope);
            Database database = database(key);
            head.memory(memory.open(database.name(), key.id()));
            measure(key, meter, head);
            return new Accept(
                    exchange -> begin(new AdmittedRequest(exchange, key, database, activity), protocol, endpoint));
        } catch (ApiError e) {
            return new Refuse(
                    e.status() == 401 && wrongKeys.isSurplus(head)
                            ? protocol.error(wrongKeys.error(), null).closeConnection()
                            : protocol.error(e, null));
        }
    }

    private void begin(AdmittedRequest request, Protocol protocol, Endpoint endpoint) {
        Exchange exchange = request.exchange();
        try {
            if (CompressedBody.isCompressed(exchange)) {
                // Not on the event loop, because other requests would wait.
                running.incrementAndGet();
                Thread.ofVirtual().name("hasten-inflate").start(() -> inflate(request, protocol, endpoint));
            } else {
                dispatch(request, protocol, endpoint);
            }
        } catch (ApiError e) {
            exchange.respond(protocol.error(e, null));
        } catch (MemoryExhaustedException e) {
            exchange.respond(protocol.error(exhausted(e), null));
        }
    }

    private void inflate(AdmittedRequest request, Protocol protocol, Endpoint endpoint) {
        Exchange exchange = request.exchange();
        ApiError error;
        try {
            CompressedBody.inflate(exchange);
            dispatch(request, protocol, endpoint);
            return;
        } catch (ApiError e) {
            error = e;
        } catch (MemoryExhaustedException e) {
            error = exhausted(e);
        } catch (Throwable e) {
            LOG.error("request {} failed", exchange.requestId(), e);
            error = ApiError.internal(exchange.requestId());
        } finally {
            running.decrementAndGet();
        }
        exchange.respond(protocol.error(error, null));
    }

    private void dispatch(AdmittedRequest request, Protocol protocol, Endpoint endpoint) {
        Exchange exchange = request.exchange();
        // The key may have been revoked while the body was received.
        if (!keys.isStillValid(request.apiKey())) {
            throw ApiError.unauthorized();
        }
        if (protocol.requiresJsonType()) {
            requireJson(exchange);
        }
        CaptureSettings capture = CaptureSettings.parse(exchange.header("x-capture-telemetry"), protocol.telemetry());
        switch (endpoint.begin(request)) {
            case Endpoint.Respond(Response response) -> exchange.respond(response);
            case Endpoint.Work work -> start(request, protocol, capture, work);
        }
    }

    /** Refuses a request that exceeds a limit of its key. The end of a transaction is counted, but never refused. */
    private void measure(ApiKey key, KeyMeter meter, Exchange head) {
        Instant now = clock.instant();
        if (head.route().endsWith("/commit") || head.route().endsWith("/rollback")) {
            meter.count(now);
            return;
        }
        LimitState exceeded = meter.admit(key.limits(), now, System.nanoTime());
        if (exceeded != null) {
            throw KeyLimitResponses.exceeded(key.limits(), exceeded);
        }
    }

    private static void requireScope(ApiKey key, KeyScope scope) {
        if (!key.allows(scope)) {
            throw ApiError.forbidden(
                    "Missing scope: this API key has %s, but this call requires %s. Use another API key"
                            .formatted(String.join(", ", KeyScope.texts(key.scopes())), scope.text()));
        }
    }

    private Database database(ApiKey key) {
        Database database = databases.get(key.database());
        if (database == null) {
            throw ApiError.unauthorized();
        }
        return database;
    }

    private static void requireJson(Exchange exchange) {
        if (exchange.body().length == 0) {
            return;
        }
        String type = exchange.header("content-type");
        if (type == null || !isJson(type)) {
            throw ApiError.of(
                    415, "P6000", "Unsupported content type: send the body with Content-Type: application/json");
        }
    }

    private static boolean isJson(String type) {
        int parameters = type.indexOf(';');
        String media = (parameters < 0 ? type : type.substring(0, parameters)).strip();
        return media.equalsIgnoreCase("application/json");
    }

    private void start(AdmittedRequest request, Protocol protocol, CaptureSettings capture, Endpoint.Work work) {
        Exchange exchange = request.exchange();
        Database database = request.database();
        exchange.memory().set(MemoryUse.REQUESTS, exchange.body().length);
        Cancellation cancellation = new Cancellation(exchange.memory());
        // Nothing that follows fails before the thread that ends it starts.
        KeyMeter meter = request.activity().origin().meter();
        if (!meter.begin(request.apiKey().limits())) {
            throw KeyLimitResponses.tooManyConcurrent(request.apiKey().limits().concurrent());
        }
        running.incrementAndGet();
        exchange.onDisconnect(() -> cancellation.cancel(Cancellation.Reason.DISCONNECT));
        long elapsed = System.nanoTime() - exchange.arrivalNanos();
        Watch limit =
                watchdog.watch(cancellation, work.timeLimit(database.limits()).minusNanos(elapsed));
        RequestActivity activity = request.activity();
        activity.begin(() -> cancellation.cancel(Cancellation.Reason.OPERATOR));
        activities.add(activity);
        RequestTelemetry telemetry = new RequestTelemetry(capture, database.log(), activity);
        RequestContext context = new RequestContext(exchange, database, request.apiKey(), cancellation, telemetry);
        Thread.ofVirtual().name("hasten-request").start(() -> {
            try {
                Response response;
                try {
                    response = run(work, protocol, context);
                } finally {
                    // Before the client gets its response, and may send the next request.
                    meter.end();
                }
                if (response != Response.STREAMED) {
                    keepForResponse(exchange, response);
                    exchange.respond(response);
                }
            } catch (Throwable e) {
                // Even the error could not be rendered. The client must still get a response.
                exchange.respond(Response.empty(500));
                throw e;
            } finally {
                limit.close();
                activities.remove(activity);
                running.decrementAndGet();
            }
        });
    }

    /** Keeps memory for the response, and for the body as long as the exchange exists. */
    private static void keepForResponse(Exchange exchange, Response response) {
        Reservation memory = exchange.memory();
        memory.set(MemoryUse.RESULTS, 0);
        memory.set(MemoryUse.REQUESTS, exchange.body().length);
        if (memory.heldBytes(MemoryUse.RESPONSES) > response.heapBytes()) {
            memory.set(MemoryUse.RESPONSES, response.heapBytes());
        }
    }

    private static Response run(Endpoint.Work work, Protocol protocol, RequestContext request) {
        ApiError error;
        try {
            return work.run(request);
        } catch (ApiError e) {
            error = e;
        } catch (CancelledException e) {
            error = cancelled(e.reason(), request.database());
        } catch (MemoryExhaustedException e) {
            error = exhausted(e);
        } catch (PlanFailure e) {
            error = ApiError.of(500, "P6000", String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            // This includes an Error such as OutOfMemoryError: the client always gets a response.
            LOG.error("request {} failed", request.exchange().requestId(), e);
            error = ApiError.internal(request.exchange().requestId());
        }
        request.telemetry().failed(error);
        return protocol.error(error, request.telemetry().extensions());
    }

    private static ApiError cancelled(Cancellation.Reason reason, Database database) {
        return switch (reason) {
            case TIMEOUT -> ApiError.queryTimeout(database.limits().queryTimeout());
            case RESULT_TOO_LARGE -> ApiError.resultTooLarge(database.limits().resultBytes());
            // Never sent: the client has disconnected.
            case DISCONNECT -> ApiError.of(499, "P6000", "The client has closed the connection");
            case TRANSACTION_EXPIRED ->
                ApiError.transaction("Transaction already closed: it expired during the request.", Map.of());
            case OPERATOR -> ApiError.cancelledByOperator();
            case SHUTDOWN -> ApiError.unavailable("The server is stopping", Duration.ofSeconds(1));
        };
    }

    private static ApiError exhausted(MemoryExhaustedException cause) {
        return switch (cause.share()) {
            case KEY ->
                ApiError.tooManyRequests(
                        "The requests of this API key have reached their memory limit (see memory.budget). Send"
                                + " fewer or"
                                + " smaller requests at a time, or try again later",
                        Duration.ofSeconds(1));
            case DATABASE ->
                ApiError.busy(
                        "The requests of this database have reached their memory limit (see memory.budget). Try"
                                + " again later",
                        Duration.ofSeconds(1));
        };
    }

    /** How many requests are running. */
    public int runningCount() {
        return running.get();
    }
}
