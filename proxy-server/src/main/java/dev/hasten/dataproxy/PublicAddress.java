package dev.hasten.dataproxy;

import dev.hasten.http.Exchange;
import dev.hasten.http.WarningLimit;
import dev.hasten.protocol.ApiError;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address at which clients reach this server. It is needed because the requests of a transaction use an absolute
 * URL that the server generates. Only trusted proxies are believed what they report about it. Otherwise, the scheme follows from
 * the host, because clients use https except for local hosts.
 */
public final class PublicAddress {
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9._-]{1,255}|\\[[0-9A-Fa-f:.]{2,45}\\])(?::[0-9]{1,5})?");

    private static final Logger LOG = LoggerFactory.getLogger(PublicAddress.class);

    private final WarningLimit warnings = new WarningLimit();
    private final @Nullable String configured;
    private final boolean tls;

    /**
     * @param configured scheme and host; null to use the {@code Host} header of requests
     * @param tls whether the server's own port uses TLS
     */
    public PublicAddress(@Nullable String configured, boolean tls) {
        this.configured = configured;
        this.tls = tls;
    }

    /**
     * Returns the scheme and host for the client of a request, such as {@code https://db.example.com:4466}.
     *
     * @throws ApiError P6000 if there is no valid {@code Host} header
     */
    String of(Exchange exchange) {
        if (configured != null) {
            return configured;
        }
        String host = exchange.header("host");
        String scheme = null;
        if (exchange.isFromTrustedProxy()) {
            String forwarded = last(exchange.header("x-forwarded-host"));
            host = forwarded == null ? host : forwarded;
            scheme = last(exchange.header("x-forwarded-proto"));
            scheme = scheme == null ? null : scheme.toLowerCase(Locale.ROOT);
        }
        if (host == null || !HOST.matcher(host).matches()) {
            throw ApiError.badRequest(
                    "Missing or invalid Host header, which is required to build the transaction endpoint URL."
                            + " Make the reverse proxy forward it, or set public_url");
        }
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            scheme = tls || !isLocal(host) ? "https" : "http";
        }
        return scheme + "://" + host;
    }

    /** Warns if no request of a transaction has arrived at the address that its client was given. */
    void warnUnreached(String endpoint) {
        if (warnings.allows()) {
            LOG.warn(
                    "a transaction of Prisma Client 5 or 6 timed out, and none of its requests arrived at {}. If clients cannot reach"
                            + " this address, make the reverse proxy forward the Host header with the port, or set public_url",
                    endpoint);
        }
    }

    /** The value that the nearest proxy has added. */
    private static @Nullable String last(@Nullable String values) {
        return values == null
                ? null
                : values.substring(values.lastIndexOf(',') + 1).strip();
    }

    /** The rule by which clients choose http, from {@code getUrlAndApiKey.ts}. Clients before 6.8 always use https. */
    private static boolean isLocal(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.contains("localhost") || lower.contains("127.0.0.1") || lower.contains("[::1]");
    }
}
