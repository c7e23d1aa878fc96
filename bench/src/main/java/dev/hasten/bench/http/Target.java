package dev.hasten.bench.http;

import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The server under load.
 *
 * @param host host name or address, without brackets
 * @param port port of the server
 * @param tls context with the trusted authorities; null for http
 * @param key API key; never printed
 */
public record Target(String host, int port, @Nullable SSLContext tls, String key) {
    /** The URL of the server, such as {@code http://localhost:4466}. */
    public URI uri() {
        return URI.create((tls == null ? "http://" : "https://") + authority());
    }

    /** The value of the header {@code Host}. */
    public String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** The socket address. Each call resolves the host name again. */
    public InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return uri().toString();
    }
}
