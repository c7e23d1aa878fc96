package dev.hasten.request;

import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.http.Answer;
import dev.hasten.http.Exchange;
import dev.hasten.http.Handler;
import dev.hasten.plan.PlanFailure;
import dev.hasten.postgres.Cancellation;
import dev.hasten.postgres.CancelledException;
import dev.hasten.protocol.ApiError;
import dev.hasten.telemetry.CaptureSettings;
import dev.hasten.telemetry.RequestTelemetry;
import dev.hasten.telemetry.RequestTelemetry.StatementLog;
import dev.hasten.transaction.Database;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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
    private final Map<String, StatementLog> logs;
    private final HashedWheelTimer timer;
    private final Set<Cancellation> running = ConcurrentHashMap.newKeySet();

    /**
     * @param databases by name
     * @param logs what is logged of each database's statements, by name
     * @param timer for deadlines
     */
    public RequestRunner(
            ApiKeys keys, Map<String, Database> databases, Map<String, StatementLog> logs, HashedWheelTimer timer) {
        this.keys = keys;
        this.databases = Map.copyOf(databases);
        this.logs = Map.copyOf(logs);
        this.timer = timer;
    }

    /** A handler that runs the endpoint for requests with a valid key and, if they have a body, a JSON one. */
    public Handler handler(Endpoint endpoint) {
        return new Handler() {
            // Without a key not even the body is kept.
            @Override
            public @Nullable Answer refusal(Exchange head) {
                try {
                    database(keys.authenticate(head.header("authorization")));
                    return null;
                } catch (ApiError e) {
                    return ErrorAnswers.of(e);
                }
            }

            @Override
            public void handle(Exchange exchange) {
                try {
                    Database database = database(keys.authenticate(exchange.header("authorization")));
                    requireJson(exchange);
                    CaptureSettings capture = CaptureSettings.parse(exchange.header("x-capture-telemetry"));
                    start(exchange, database, capture, endpoint);
                } catch (ApiError e) {
                    exchange.answer(ErrorAnswers.of(e));
                }
            }
        };
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

    private void start(Exchange exchange, Database database, CaptureSettings capture, Endpoint endpoint) {
        Cancellation cancellation = new Cancellation();
        running.add(cancellation);
        exchange.onDisconnect(() -> cancellation.cancel(Cancellation.Reason.DISCONNECT));
        long elapsed = System.nanoTime() - exchange.arrivalNanos();
        Timeout deadline = timer.newTimeout(
                _ -> cancellation.cancel(Cancellation.Reason.TIMEOUT),
                database.queryTimeout().toNanos() - elapsed,
                TimeUnit.NANOSECONDS);
        RequestTelemetry telemetry = new RequestTelemetry(capture, logs.get(database.name()), exchange.requestId());
        Thread.ofVirtual().name("hasten-request").start(() -> {
            try {
                exchange.answer(run(endpoint, new RequestContext(exchange, database, cancellation, telemetry)));
            } catch (Throwable e) {
                // Even telling about the failure failed; the client must not wait for ever.
                exchange.answer(Answer.empty(500));
                throw e;
            } finally {
                deadline.cancel();
                running.remove(cancellation);
            }
        });
    }

    private static Answer run(Endpoint endpoint, RequestContext request) {
        ApiError error;
        try {
            return endpoint.answer(request);
        } catch (ApiError e) {
            error = e;
        } catch (CancelledException e) {
            error = cancelled(e.reason(), request.database());
        } catch (PlanFailure e) {
            error = ApiError.of(500, "P6000", String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            // Also errors such as OutOfMemoryError and StackOverflowError: the client gets its answer in any case.
            LOG.error("request {} failed", request.exchange().requestId(), e);
            error = ApiError.internal(request.exchange().requestId());
        }
        request.telemetry().failed(error);
        return ErrorAnswers.of(error, request.telemetry().extensions());
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

    /** Stops all requests that are running. */
    public void cancelAll() {
        running.forEach(cancellation -> cancellation.cancel(Cancellation.Reason.SHUTDOWN));
    }

    /** How many requests are running. */
    public int runningCount() {
        return running.size();
    }
}
