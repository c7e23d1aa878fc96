package dev.hasten.http;

import dev.hasten.http.Router.Match;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.Reservation;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** State shared by all connections of a server. */
final class ServerContext {
    private static final Logger LOG = LoggerFactory.getLogger(ServerContext.class);
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT");

    private final HttpServerOptions options;
    private final Router router;
    private final RequestIds ids = new RequestIds();
    private final HttpLimits limits;
    private final long headNanos;
    private final long bodyNanos;
    private final long bodyIdleNanos;
    private final long writeNanos;
    private final long idleNanos;
    private final AtomicInteger open = new AtomicInteger();
    private final WarningLimit proxyWarnings = new WarningLimit();
    private volatile boolean draining;
    private volatile boolean closing;

    ServerContext(HttpServerOptions options, Router router) {
        this.options = options;
        this.router = router;
        this.limits = options.limits();
        this.headNanos = limits.timeouts().head().toNanos();
        this.bodyNanos = limits.timeouts().body().toNanos();
        this.bodyIdleNanos = limits.timeouts().bodyIdle().toNanos();
        this.writeNanos = limits.timeouts().write().toNanos();
        this.idleNanos = limits.timeouts().idle().toNanos();
    }

    HttpServerOptions options() {
        return options;
    }

    Router router() {
        return router;
    }

    RequestIds ids() {
        return ids;
    }

    HttpLimits limits() {
        return limits;
    }

    int bodyBytes() {
        return limits.bodyBytes();
    }

    long headNanos() {
        return headNanos;
    }

    long writeNanos() {
        return writeNanos;
    }

    /** The maximum time in nanoseconds between bytes of a body. */
    long bodyIdleNanos() {
        return bodyIdleNanos;
    }

    /** The maximum time in nanoseconds, measured from the head, for receiving this many bytes of a body. */
    long latestBodyNanos(long bytes) {
        return Math.min(bodyNanos, limits.latestNanos(limits.timeouts().bodyIdle(), bytes));
    }

    /** The maximum time in nanoseconds for a client to receive a response of this many bytes. */
    long latestWriteNanos(long bytes) {
        return limits.latestNanos(limits.timeouts().write(), bytes);
    }

    /** A reservation for a connection that has not sent a valid key. */
    Reservation openReservation() {
        return options.memory().open(MemoryBudget.NO_DATABASE, "");
    }

    long idleNanos() {
        return idleNanos;
    }

    /** The number of open connections, including those over the limit that are about to get a 503 response. */
    AtomicInteger open() {
        return open;
    }

    /** Limits the warnings about proxies. */
    WarningLimit proxyWarnings() {
        return proxyWarnings;
    }

    /** Whether connections are closed after their next response. */
    boolean closesAfterResponses() {
        return draining || closing;
    }

    void closeAfterResponses(boolean close) {
        closing = close;
    }

    void startDraining() {
        draining = true;
    }

    Response render(Refusal refusal) {
        return options.callbacks().errors().render(refusal.status(), refusal.code(), refusal.message());
    }

    /** Reports a finished exchange. The exchange is null if the request had no valid head. */
    void observe(
            @Nullable Exchange exchange,
            int status,
            @Nullable String errorCode,
            long requestBytes,
            long responseBytes) {
        String route = exchange == null ? Exchange.UNMATCHED : exchange.route();
        String method = "other";
        long nanos = 0;
        if (exchange != null) {
            nanos = System.nanoTime() - exchange.arrivalNanos();
            if (exchange.match() instanceof Match.Found || METHODS.contains(exchange.method())) {
                method = exchange.method();
            }
        }
        try {
            options.callbacks()
                    .observer()
                    .completed(new CompletedRequest(
                            exchange, route, method, status, errorCode, nanos, requestBytes, responseBytes));
        } catch (RuntimeException e) {
            LOG.error("The request observer failed", e);
        }
    }
}
