package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The proxies whose statements about clients are believed.
 *
 * @param known whether the operator has listed proxies
 * @param addresses whether an address is that of a trusted proxy
 * @param proxyProtocol whether their connections begin with a header of the PROXY protocol
 */
public record TrustedProxies(boolean known, Predicate<InetAddress> addresses, boolean proxyProtocol) {
    /** No proxy is trusted. */
    public static final TrustedProxies NONE = new TrustedProxies(false, _ -> false, false);

    /** Listed proxies. */
    public TrustedProxies(Predicate<InetAddress> addresses, boolean proxyProtocol) {
        this(true, addresses, proxyProtocol);
    }

    /** Requires the predicate. */
    public TrustedProxies {
        requireNonNull(addresses, "addresses is null");
    }

    /**
     * Whether what a proxy with this address reports in {@code X-Forwarded} headers is believed. With the PROXY protocol, the proxy
     * passes on the bytes of its client, which may contain such headers.
     */
    boolean believeHeaders(@Nullable InetAddress peer) {
        return !proxyProtocol && contain(peer);
    }

    boolean contain(@Nullable InetAddress address) {
        return address != null && addresses.test(address);
    }

    /**
     * Returns the address of the client. Each proxy appends the address of its client to {@code X-Forwarded-For}, so the list is
     * read from its end, as long as the addresses are those of trusted proxies: everything before could be forged.
     *
     * @param peer the other end of the connection
     * @param forwardedFor the values of {@code X-Forwarded-For}; null if the request has no such header
     * @return the last address that is known; that of the proxy if it reports none
     */
    @Nullable
    InetAddress client(@Nullable InetAddress peer, @Nullable String forwardedFor) {
        InetAddress client = peer;
        int end = forwardedFor == null ? 0 : forwardedFor.length();
        while (end > 0 && believeHeaders(client)) {
            int comma = requireNonNull(forwardedFor).lastIndexOf(',', end - 1);
            InetAddress next = address(forwardedFor.substring(comma + 1, end).strip());
            if (next == null) {
                return client;
            }
            client = next;
            end = comma;
        }
        return client;
    }

    /** Parses an address, which may have a port; returns null if it is malformed. */
    private static @Nullable InetAddress address(String text) {
        String literal = text;
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            literal = end < 0 ? "" : text.substring(1, end);
        } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') >= 0) {
            literal = text.substring(0, text.indexOf(':'));
        }
        try {
            // A zone would make Java look up network interfaces.
            return literal.contains("%") ? null : InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
