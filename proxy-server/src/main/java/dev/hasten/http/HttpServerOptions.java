package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import dev.hasten.memory.MemoryBudget;
import io.netty.handler.ssl.SslContext;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Options of one server.
 *
 * @param name name of the server, used for its threads
 * @param limits limits for clients
 * @param tls returns the certificate and protocols for a new connection; null for plain HTTP
 * @param proxies the proxies in front of the server
 * @param eventLoopThreads number of event loop threads; 0 means one per core
 * @param memory budget for connections that have not sent a valid key yet
 */
public record HttpServerOptions(
        String name,
        Address address,
        HttpLimits limits,
        @Nullable Supplier<SslContext> tls,
        TrustedProxies proxies,
        int eventLoopThreads,
        MemoryBudget memory,
        Callbacks callbacks) {

    /**
     * Where a server listens.
     *
     * @param host address or host name to bind
     * @param port port to bind, 0 to 65535; 0 means any free port
     * @param inherited descriptor of a listening socket to use instead; empty to bind the address
     */
    public record Address(String host, int port, OptionalInt inherited) {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if the port is out of range; the message names it
         */
        public Address {
            requireNonNull(host, "host is null");
            requireNonNull(inherited, "inherited is null");
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port is " + port + ", must be from 0 to 65535");
            }
        }

        /** An address to bind. */
        public Address(String host, int port) {
            this(host, port, OptionalInt.empty());
        }
    }

    /**
     * What the server calls.
     *
     * @param errors renders errors detected by the HTTP layer
     * @param observer is notified of every finished exchange
     */
    public record Callbacks(ErrorRenderer errors, RequestObserver observer) {
        /** Requires both. */
        public Callbacks {
            requireNonNull(errors, "errors is null");
            requireNonNull(observer, "observer is null");
        }
    }

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public HttpServerOptions {
        requireNonNull(name, "name is null");
        requireNonNull(address, "address is null");
        requireNonNull(limits, "limits is null");
        requireNonNull(proxies, "proxies is null");
        requireNonNull(memory, "memory is null");
        requireNonNull(callbacks, "callbacks is null");
        if (eventLoopThreads < 0) {
            throw new IllegalArgumentException("eventLoopThreads is " + eventLoopThreads + ", must be 0 or more");
        }
    }
}
