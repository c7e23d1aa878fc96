package dev.hasten.http;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Generates request ids: a counter with a random start, passed through a bijective mixer (the finalizer of SplitMix64).
 * Ids of one process never repeat, ids of different processes are very unlikely to collide, and consecutive ids do not
 * look similar.
 */
final class RequestIds {
    private final AtomicLong next = new AtomicLong(new SecureRandom().nextLong());

    /** Returns the next id: 16 lower-case hex digits. */
    String next() {
        long id = next.getAndIncrement();
        id = (id ^ (id >>> 30)) * 0xbf58476d1ce4e5b9L;
        id = (id ^ (id >>> 27)) * 0x94d049bb133111ebL;
        return HexFormat.of().toHexDigits(id ^ (id >>> 31));
    }
}
