package dev.hasten.activity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.hasten.http.CompletedRequest;
import dev.hasten.http.Exchange;
import dev.hasten.http.RequestObserver;
import dev.hasten.insights.QueryCall;
import dev.hasten.insights.QueryCall.Outcome;
import dev.hasten.insights.QueryShape;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Is notified of each completed request: adds it to the statistics of its query and key, and logs it if it has failed, or if
 * the access log is on. Runs on event loops.
 */
public final class RequestLog implements RequestObserver {
    private static final Logger ACCESS = LoggerFactory.getLogger("dev.hasten.access");
    private static final Logger FAILURES = LoggerFactory.getLogger("dev.hasten.request");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int MOST_KINDS = 1000;
    /** A client can choose the codes of its errors, so all codes of a key together have a limit, too. */
    private static final int CODES = 10;

    private static final String ALL_CODES = "";

    private final Traffic traffic = new Traffic();
    private final Counter counter;
    private final Settings settings;
    /** How many requests failed in the same way within a minute. */
    private final Cache<Failure, AtomicInteger> failures = Caffeine.newBuilder()
            .maximumSize(MOST_KINDS)
            .expireAfterWrite(MINUTE)
            .executor(Runnable::run)
            .build();

    /**
     * What is logged.
     *
     * @param access whether every request is
     * @param failuresPerMinute how many failed ones are, for each key and code
     */
    public record Settings(BooleanSupplier access, IntSupplier failuresPerMinute) {}

    private record Failure(String key, String code) {}

    /** Counts requests. */
    @FunctionalInterface
    public interface Counter {
        /**
         * Called for each completed request.
         *
         * @param database the database of the API key; empty if the request has no valid key
         * @param cache how a query used the cache: hit, stale, miss or uncached; empty if the request is no query
         * @param code the code of its error; null if it has succeeded
         */
        void completed(CompletedRequest request, String database, String cache, @Nullable String code);
    }

    /** @param counter is notified of each request */
    public RequestLog(Counter counter, Settings settings) {
        this.counter = counter;
        this.settings = settings;
    }

    /** The counts of all requests with a key. */
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public void completed(CompletedRequest request) {
        Exchange exchange = request.exchange();
        RequestActivity activity =
                exchange != null && exchange.attachment() instanceof RequestActivity known ? known : null;
        String code = code(request, activity);
        counter.completed(request, activity == null ? "" : activity.origin().database(), outcome(activity), code);
        if (activity == null && code != null) {
            traffic.add(null, true, request.nanos());
        }
        if (activity != null) {
            activity.origin().meter().addBytes(request.requestBytes() + request.responseBytes());
            count(request, activity, code);
        }
        if (settings.access().getAsBoolean()) {
            log(ACCESS.atInfo(), "request", request, activity, code);
        }
        if (code != null) {
            logFailure(request, activity, code);
        }
    }

    private static String outcome(@Nullable RequestActivity activity) {
        Outcome outcome = activity == null ? null : activity.outcome();
        return outcome == null ? "" : outcome.label();
    }

    private static @Nullable String code(CompletedRequest request, @Nullable RequestActivity activity) {
        if (request.errorCode() != null) {
            return request.errorCode();
        }
        return activity == null ? null : activity.errorCode();
    }

    private void count(CompletedRequest request, RequestActivity activity, @Nullable String code) {
        boolean failed = code != null || (request.status() >= 400 && request.status() != RequestObserver.CLIENT_GONE);
        traffic.add(activity.outcome(), failed, request.nanos());
        QueryShape shape = activity.shape();
        if (shape == null) {
            return;
        }
        Outcome outcome = activity.outcome() == null ? Outcome.UNCACHED : activity.outcome();
        shape.add(new QueryCall(
                outcome,
                request.nanos(),
                activity.databaseNanos(),
                activity.rows(),
                request.responseBytes(),
                failed ? code == null ? Integer.toString(request.status()) : code : null));
        if (outcome == Outcome.UNCACHED && !failed && !activity.hasStrategy()) {
            shape.addCacheable(activity.variant());
        }
        String sql = activity.firstSql();
        if (sql != null && !shape.hasSql()) {
            shape.example(sql);
        }
    }

    private void logFailure(CompletedRequest request, @Nullable RequestActivity activity, String code) {
        int limit = settings.failuresPerMinute().getAsInt();
        if (limit == 0 || !FAILURES.isInfoEnabled()) {
            return;
        }
        String key = activity == null
                ? ""
                : activity.origin().database() + "/" + activity.origin().key().id();
        int ofCode = count(new Failure(key, code));
        if (ofCode > limit + 1) {
            return;
        }
        int ofKey = count(new Failure(key, ALL_CODES));
        String name = activity == null ? "-" : activity.origin().key().name();
        if (ofKey == CODES * limit + 1) {
            FAILURES.atInfo().addKeyValue("key", name).log("further failures of this key are not logged for a minute");
        } else if (ofKey <= CODES * limit && ofCode <= limit) {
            log(FAILURES.atInfo(), "request failed", request, activity, code);
        } else if (ofKey <= CODES * limit) {
            FAILURES.atInfo()
                    .addKeyValue("key", name)
                    .addKeyValue("code", code)
                    .log("further failures of this key with this code are not logged for a minute");
        }
    }

    private int count(Failure failure) {
        return failures.get(failure, _ -> new AtomicInteger()).incrementAndGet();
    }

    private static void log(
            LoggingEventBuilder event,
            String message,
            CompletedRequest request,
            @Nullable RequestActivity activity,
            @Nullable String code) {
        Exchange exchange = request.exchange();
        LoggingEventBuilder entry = event;
        if (exchange != null) {
            entry = entry.addKeyValue("request_id", exchange.requestId());
            entry = added(entry, "client_request_id", exchange.clientRequestId());
            entry = added(entry, "traceparent", exchange.traceParent());
        }
        if (activity != null) {
            entry = entry.addKeyValue("key", activity.origin().key().name())
                    .addKeyValue("key_id", activity.origin().key().id())
                    .addKeyValue("database", activity.origin().database());
        }
        entry = entry.addKeyValue("method", request.method()).addKeyValue("route", request.route());
        if (activity != null) {
            QueryShape shape = activity.shape();
            entry = shape == null
                    ? entry
                    : added(entry.addKeyValue("operation", shape.operation()), "model", shape.model());
            Outcome outcome = activity.outcome();
            entry = outcome == null ? entry : entry.addKeyValue("cache", outcome.label());
            entry = added(entry, "cache_reason", activity.uncachedReason());
        }
        entry = added(entry.addKeyValue("status", request.status()), "code", code)
                .addKeyValue("request_bytes", request.requestBytes())
                .addKeyValue("response_bytes", request.responseBytes())
                .addKeyValue("duration_ms", millis(request.nanos()));
        if (activity != null) {
            entry = entry.addKeyValue("queue_ms", millis(activity.queueNanos()))
                    .addKeyValue("pool_ms", millis(activity.poolNanos()))
                    .addKeyValue("database_ms", millis(activity.databaseNanos()));
        }
        entry.log(message);
    }

    private static LoggingEventBuilder added(LoggingEventBuilder entry, String name, @Nullable String value) {
        return value == null ? entry : entry.addKeyValue(name, value);
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
