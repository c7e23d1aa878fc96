package dev.hasten.bench.http;

import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The server under load.
 *
 * @param host name or address, without brackets
 * @param port where it listens
 * @param tls whom to believe who it is; null for http
 * @param key API key, which nothing here ever shows
 */
public record Target(String host, int port, @Nullable SSLContext tls, String key) {
    /** Its address, such as {@code http://localhost:4466}. */
    public URI uri() {
        return URI.create((tls == null ? "http://" : "https://") + authority());
    }

    /** For the header Host. */
    public String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Looked up anew with each call. */
    public InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return uri().toString();
    }
}
