package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import dev.hasten.memory.MemoryBudget;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * How one server listens.
 *
 * @param name names the server's threads
 * @param host address or host name to bind
 * @param port port to bind, 0 for any free one; 0 to 65535
 * @param limits what a client may use
 * @param tls certificate and protocols, or null for plain HTTP
 * @param memory what connections may hold before they have sent a valid key
 * @param eventLoopThreads event loop threads, 0 for one per core
 * @param errors gives the answers that the HTTP layer makes itself their shape
 * @param observer is told of every finished exchange
 */
public record HttpServerOptions(
        String name,
        String host,
        int port,
        HttpLimits limits,
        @Nullable SslContext tls,
        MemoryBudget memory,
        int eventLoopThreads,
        ErrorRenderer errors,
        RequestObserver observer) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public HttpServerOptions {
        requireNonNull(name, "name is null");
        requireNonNull(host, "host is null");
        requireNonNull(limits, "limits is null");
        requireNonNull(memory, "memory is null");
        requireNonNull(errors, "errors is null");
        requireNonNull(observer, "observer is null");
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + ", must be from 0 to 65535");
        }
        if (eventLoopThreads < 0) {
            throw new IllegalArgumentException("eventLoopThreads is " + eventLoopThreads + ", must be 0 or more");
        }
    }

    /** Options with an unlimited budget, {@link ErrorRenderer#json()} and {@link RequestObserver#none()}. */
    public HttpServerOptions(
            String name, String host, int port, HttpLimits limits, @Nullable SslContext tls, int eventLoopThreads) {
        this(
                name,
                host,
                port,
                limits,
                tls,
                MemoryBudget.unlimited(),
                eventLoopThreads,
                ErrorRenderer.json(),
                RequestObserver.none());
    }

    /** A copy with another budget. */
    public HttpServerOptions withMemory(MemoryBudget budget) {
        return new HttpServerOptions(name, host, port, limits, tls, budget, eventLoopThreads, errors, observer);
    }

    /** A copy with another observer. */
    public HttpServerOptions withObserver(RequestObserver requestObserver) {
        return new HttpServerOptions(name, host, port, limits, tls, memory, eventLoopThreads, errors, requestObserver);
    }
}
