package dev.hasten.request;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.http.Exchange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts requests without a valid key by the address that they come from, so that guessing keys costs a connection a
 * guess. It never looks at requests with a valid key.
 *
 * <p>Behind a proxy all clients have the proxy's address: what a proxy in a private network forwards is not limited.
 */
public final class WrongKeys {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** A client with IPv6 has at least that many bytes to choose its address from; the network is in the ones before. */
    private static final int NETWORK_BYTES = 8;

    private final int perMinute;
    private final Cache<ByteBuffer, AtomicInteger> counts;
    private final LongAdder refused = new LongAdder();
    private final LongAdder throttled = new LongAdder();

    /**
     * A count that begins at zero.
     *
     * @param perMinute requests an address may send, 0 for no limit
     * @param addresses that are remembered, 1 or more; beyond that, those seen the longest ago are forgotten
     */
    public WrongKeys(int perMinute, int addresses) {
        this(perMinute, addresses, Ticker.systemTicker());
    }

    /** @param ticker as {@link System#nanoTime} */
    WrongKeys(int perMinute, int addresses, Ticker ticker) {
        this.perMinute = perMinute;
        this.counts = Caffeine.newBuilder()
                .maximumSize(addresses)
                .expireAfterWrite(WINDOW)
                .ticker(ticker)
                .build();
    }

    /** Counts a request that was refused for its key, and tells whether its address has sent too many of them. */
    boolean isSurplus(Exchange head) {
        refused.increment();
        InetAddress peer = head.peer();
        if (perMinute == 0 || peer == null || (isPrivate(peer) && isForwarded(head))) {
            return false;
        }
        if (counts.get(network(peer), _ -> new AtomicInteger()).incrementAndGet() <= perMinute) {
            return false;
        }
        throttled.increment();
        return true;
    }

    /** How long until an address may try again, at most. */
    static Duration window() {
        return WINDOW;
    }

    private static boolean isForwarded(Exchange head) {
        return head.header("x-forwarded-for") != null || head.header("forwarded") != null || head.header("via") != null;
    }

    private static boolean isPrivate(InetAddress address) {
        return address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()
                || isUniqueLocal(address);
    }

    /** fc00::/7. */
    private static boolean isUniqueLocal(InetAddress address) {
        return address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
    }

    private static ByteBuffer network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
    }

    /** How many requests were refused for their key. */
    public long refused() {
        return refused.sum();
    }

    /** How many of these were too many for their address. */
    public long throttled() {
        return throttled.sum();
    }

    /** How many addresses are remembered now. */
    public long addresses() {
        counts.cleanUp();
        return counts.estimatedSize();
    }
}
