package dev.hasten.dataproxy;

import dev.hasten.http.Exchange;
import dev.hasten.protocol.ApiError;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where clients reach this server, as they see it: the calls of a transaction go to an absolute URL that the server
 * makes. Nothing that a proxy adds is believed; clients use https by rule, so that the scheme follows from the host.
 */
public final class PublicAddress {
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}\\])(?::[0-9]{1,5})?");

    private final @Nullable String configured;
    private final boolean tls;

    /**
     * @param configured scheme and host, null to go by the requests
     * @param tls whether the server's own port speaks TLS
     */
    public PublicAddress(@Nullable String configured, boolean tls) {
        this.configured = configured;
        this.tls = tls;
    }

    /**
     * Scheme and host for the client of a request, such as {@code https://db.example.com:4466}.
     *
     * @throws ApiError P6000 when the request does not say
     */
    String of(Exchange exchange) {
        if (configured != null) {
            return configured;
        }
        String host = exchange.header("host");
        if (host == null || !HOST.matcher(host).matches()) {
            throw ApiError.badRequest("Invalid Host header: transactions need it, to know where they are reached");
        }
        return (tls || !isLocal(host) ? "https://" : "http://") + host;
    }

    /** The rule of {@code getUrlAndApiKey.ts}, by which clients choose http; before Prisma 6.8 they never do. */
    private static boolean isLocal(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.contains("localhost") || lower.contains("127.0.0.1") || lower.contains("[::1]");
    }
}
