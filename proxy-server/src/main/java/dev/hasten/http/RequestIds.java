package dev.hasten.http;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Request ids: a counter from a random start, run through a bijective mixer (the finalizer of SplitMix64), so that ids
 * of one process never repeat, ids of several processes very likely differ, and neighbours do not look alike.
 */
final class RequestIds {
    private final AtomicLong next = new AtomicLong(new SecureRandom().nextLong());

    /** 16 lower-case hex digits. */
    String next() {
        long id = next.getAndIncrement();
        id = (id ^ (id >>> 30)) * 0xbf58476d1ce4e5b9L;
        id = (id ^ (id >>> 27)) * 0x94d049bb133111ebL;
        return HexFormat.of().toHexDigits(id ^ (id >>> 31));
    }
}
