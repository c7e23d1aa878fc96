package dev.hasten.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.http.Exchange;
import dev.hasten.protocol.ApiError;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts requests without a valid key by client address. Beyond the limit, the connection is closed after each such request.
 * Requests with a valid key are not counted.
 *
 * <p>Trusted proxies report the addresses of their clients. If none are listed, all clients of a proxy have the same address, so
 * requests forwarded by a proxy in a private network are not limited.
 */
public final class WrongKeys {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Length of an IPv6 network prefix (/64): a client can choose the other half of its address freely. */
    private static final int NETWORK_BYTES = 8;

    private final int perMinute;
    private final Cache<ByteBuffer, AtomicInteger> counts;
    private final LongAdder refused = new LongAdder();
    private final LongAdder throttled = new LongAdder();

    /**
     * Creates an instance without counts.
     *
     * @param perMinute maximum number of requests per address and minute, 0 for no limit
     * @param addresses maximum number of addresses that are tracked, 1 or more
     */
    public WrongKeys(int perMinute, int addresses) {
        this(perMinute, addresses, Ticker.systemTicker());
    }

    /** @param ticker a clock such as {@link System#nanoTime} */
    WrongKeys(int perMinute, int addresses, Ticker ticker) {
        this.perMinute = perMinute;
        this.counts = Caffeine.newBuilder()
                .maximumSize(addresses)
                .expireAfterWrite(WINDOW)
                .ticker(ticker)
                .build();
    }

    /** Counts a request without a valid key. Returns whether its address is over the limit. */
    boolean isSurplus(Exchange head) {
        refused.increment();
        InetAddress client = head.clientAddress();
        if (perMinute == 0 || client == null || (!head.areProxiesKnown() && isPrivate(client) && isForwarded(head))) {
            return false;
        }
        if (counts.get(network(client), _ -> new AtomicInteger()).incrementAndGet() <= perMinute) {
            return false;
        }
        throttled.increment();
        return true;
    }

    /** The error for an address over the limit. The client may retry after a minute, when the count is reset. */
    ApiError error() {
        return ApiError.tooManyRequests(
                ("Too many requests without a valid API key from this address: the limit is %d per minute"
                                + " (http.wrong_keys_per_minute). Requests with a valid key are not affected. Try again"
                                + " in a minute")
                        .formatted(perMinute),
                WINDOW);
    }

    private static boolean isForwarded(Exchange head) {
        return head.header("x-forwarded-for") != null || head.header("forwarded") != null || head.header("via") != null;
    }

    /** Whether the address is private: requests from it may come through a proxy in front of this server. */
    static boolean isPrivate(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || isUniqueLocal(address);
    }

    /** fc00::/7. */
    private static boolean isUniqueLocal(InetAddress address) {
        return address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
    }

    /** The address, or for IPv6 its /64 network, which usually belongs to one client. */
    static ByteBuffer network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
    }

    /** The number of requests that were refused because they had no valid key. */
    public long refused() {
        return refused.sum();
    }

    /** The number of these that exceeded the limit of their address. */
    public long throttled() {
        return throttled.sum();
    }

    /** The number of addresses that are tracked now. */
    public long addresses() {
        counts.cleanUp();
        return counts.estimatedSize();
    }
}
