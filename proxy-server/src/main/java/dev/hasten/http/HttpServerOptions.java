package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import dev.hasten.memory.MemoryBudget;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * Options of one server.
 *
 * @param name name of the server, used for its threads
 * @param host address or host name to bind
 * @param port port to bind, 0 to 65535; 0 means any free port
 * @param limits limits for clients
 * @param tls certificate and protocols, or null for plain HTTP
 * @param memory budget for connections that have not sent a valid key yet
 * @param eventLoopThreads number of event loop threads; 0 means one per core
 * @param errors renders errors detected by the HTTP layer
 * @param observer is notified of every finished exchange
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
     * @throws IllegalArgumentException if a value is out of range; the message names it
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

    /** A copy with a different budget. */
    public HttpServerOptions withMemory(MemoryBudget budget) {
        return new HttpServerOptions(name, host, port, limits, tls, budget, eventLoopThreads, errors, observer);
    }

    /** A copy with a different observer. */
    public HttpServerOptions withObserver(RequestObserver requestObserver) {
        return new HttpServerOptions(name, host, port, limits, tls, memory, eventLoopThreads, errors, requestObserver);
    }
}
