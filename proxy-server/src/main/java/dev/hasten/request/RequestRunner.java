package dev.hasten.request;

import static java.util.Objects.requireNonNull;

import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.http.Answer;
import dev.hasten.http.ErrorRenderer;
import dev.hasten.http.Exchange;
import dev.hasten.http.Handler;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.plan.PlanFailure;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.Scope;
import dev.hasten.telemetry.CaptureSettings;
import dev.hasten.telemetry.RequestTelemetry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a request from the event loop to its endpoint on a virtual thread: only with a valid key, with a deadline from its
 * arrival on, and stopped when its client goes away.
 */
public final class RequestRunner {
    private static final Logger LOG = LoggerFactory.getLogger(RequestRunner.class);

    private final ApiKeys keys;
    private final Map<String, Database> databases;
    private final MemoryBudget memory;
    private final WrongKeys wrongKeys;
    private final Watchdog watchdog;
    private final AtomicInteger running = new AtomicInteger();

    /**
     * @param databases by name
     * @param memory that requests take from
     * @param wrongKeys counts requests without a valid key
     * @param watchdog for deadlines, and to stop requests with the server
     */
    public RequestRunner(
            ApiKeys keys,
            Map<String, Database> databases,
            MemoryBudget memory,
            WrongKeys wrongKeys,
            Watchdog watchdog) {
        this.memory = memory;
        this.keys = keys;
        this.wrongKeys = wrongKeys;
        this.databases = Map.copyOf(databases);
        this.watchdog = watchdog;
    }

    /** As {@link #handler(Scope, Operation)}, for an endpoint that has nothing to do on the event loop. */
    public Handler handler(Scope scope, Endpoint endpoint) {
        return handler(scope, (_, _, _) -> endpoint);
    }

    /** A handler for requests with a valid key that has the scope and, if they have a body, a JSON one. */
    public Handler handler(Scope scope, Operation operation) {
        return handler(scope, Convention.PRISMA, operation);
    }

    /** A handler for requests with a valid key that has the scope. */
    public Handler handler(Scope scope, Convention convention, Operation operation) {
        return new Handler() {
            // Without a key not even the body is kept.
            @Override
            public @Nullable Answer refusal(Exchange head) {
                try {
                    Admission admission = admit(convention.key(keys, head), scope);
                    head.attach(admission);
                    head.memory(memory.open(
                            admission.database().name(), admission.key().id()));
                    return null;
                } catch (ApiError e) {
                    return e.status() == 401 && wrongKeys.isSurplus(head)
                            ? convention.error(tooManyWrongKeys(), null).closeConnection()
                            : convention.error(e, null);
                }
            }

            @Override
            public void handle(Exchange exchange) {
                try {
                    Admission admission = (Admission) requireNonNull(exchange.attachment());
                    // A body may take its time; a key that was revoked meanwhile opens nothing.
                    if (!keys.isStillValid(admission.key())) {
                        throw ApiError.unauthorized();
                    }
                    if (convention.requiresJsonType()) {
                        requireJson(exchange);
                    }
                    CaptureSettings capture = CaptureSettings.parse(exchange.header("x-capture-telemetry"));
                    Endpoint rest = operation.begin(exchange, admission.key(), admission.database());
                    if (rest != null) {
                        start(exchange, admission, convention, capture, rest);
                    }
                } catch (ApiError e) {
                    exchange.answer(convention.error(e, null));
                } catch (MemoryExhaustedException e) {
                    exchange.answer(convention.error(exhausted(e), null));
                }
            }

            @Override
            public ErrorRenderer errors() {
                return (status, code, message) -> convention.error(ApiError.of(status, code, message), null);
            }
        };
    }

    private static ApiError tooManyWrongKeys() {
        return ApiError.tooManyRequests(
                "Too many requests without a valid API key from this address (limit: http.wrong_keys). Try again in a"
                        + " minute. Requests with a valid key are not affected",
                WrongKeys.window());
    }

    /** Who asks for which database. */
    private record Admission(ApiKey key, Database database) {}

    private Admission admit(ApiKey key, Scope scope) {
        if (!key.allows(scope)) {
            throw ApiError.forbidden("This API key must not do that: it has the scopes %s, and this call needs %s"
                    .formatted(String.join(", ", Scope.texts(key.scopes())), scope.text()));
        }
        return new Admission(key, database(key));
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
                    415,
                    "P6000",
                    "Unsupported content type: the body must be sent with Content-Type: application/json");
        }
    }

    private static boolean isJson(String type) {
        int parameters = type.indexOf(';');
        String media = (parameters < 0 ? type : type.substring(0, parameters)).strip();
        return media.equalsIgnoreCase("application/json");
    }

    private void start(
            Exchange exchange, Admission admission, Convention convention, CaptureSettings capture, Endpoint endpoint) {
        Database database = admission.database();
        exchange.memory().set(MemoryUse.REQUESTS, exchange.body().length);
        Cancellation cancellation = new Cancellation(exchange.memory());
        running.incrementAndGet();
        exchange.onDisconnect(() -> cancellation.cancel(Cancellation.Reason.DISCONNECT));
        long elapsed = System.nanoTime() - exchange.arrivalNanos();
        Watch watch = watchdog.watch(cancellation, database.queryTimeout().minusNanos(elapsed));
        RequestTelemetry telemetry = new RequestTelemetry(capture, database.log(), exchange.requestId());
        Thread.ofVirtual().name("hasten-request").start(() -> {
            try {
                Answer answer = run(
                        endpoint,
                        convention,
                        new RequestContext(exchange, database, admission.key(), cancellation, telemetry));
                keepForAnswer(exchange, answer);
                exchange.answer(answer);
            } catch (Throwable e) {
                // Even telling about the failure failed; the client must not wait for ever.
                exchange.answer(Answer.empty(500));
                throw e;
            } finally {
                watch.close();
                running.decrementAndGet();
            }
        });
    }

    /** All that is left of the work is its answer, and the body for as long as the exchange is known. */
    private static void keepForAnswer(Exchange exchange, Answer answer) {
        Reservation memory = exchange.memory();
        memory.set(MemoryUse.RESULTS, 0);
        memory.set(MemoryUse.REQUESTS, exchange.body().length);
        if (memory.heldBytes(MemoryUse.RESPONSES) > answer.heapBytes()) {
            memory.set(MemoryUse.RESPONSES, answer.heapBytes());
        }
    }

    private static Answer run(Endpoint endpoint, Convention convention, RequestContext request) {
        ApiError error;
        try {
            return endpoint.answer(request);
        } catch (ApiError e) {
            error = e;
        } catch (CancelledException e) {
            error = cancelled(e.reason(), request.database());
        } catch (MemoryExhaustedException e) {
            error = exhausted(e);
        } catch (PlanFailure e) {
            error = ApiError.of(500, "P6000", String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            // Also errors such as OutOfMemoryError and StackOverflowError: the client gets its answer in any case.
            LOG.error("request {} failed", request.exchange().requestId(), e);
            error = ApiError.internal(request.exchange().requestId());
        }
        request.telemetry().failed(error);
        return convention.error(error, request.telemetry().extensions());
    }

    private static ApiError cancelled(Cancellation.Reason reason, Database database) {
        return switch (reason) {
            case TIMEOUT -> ApiError.queryTimeout(database.queryTimeout());
            case RESULT_TOO_LARGE -> ApiError.responseTooLarge("the result of a statement", database.resultBytes());
            // Nobody reads this one.
            case DISCONNECT -> ApiError.of(499, "P6000", "The client has closed the connection");
            case SHUTDOWN, TRANSACTION_EXPIRED -> ApiError.unavailable("The server is stopping", Duration.ofSeconds(1));
        };
    }

    private static ApiError exhausted(MemoryExhaustedException cause) {
        return switch (cause.share()) {
            case KEY ->
                ApiError.tooManyRequests(
                        "Too much memory in use: the requests of this API key hold as much as they may. Try again later,"
                                + " with fewer requests at a time or smaller ones",
                        Duration.ofSeconds(1));
            case DATABASE ->
                ApiError.busy("The server has no memory left for this request. Try again later", Duration.ofSeconds(1));
        };
    }

    /** How many requests are running. */
    public int runningCount() {
        return running.get();
    }
}
