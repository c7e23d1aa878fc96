package dev.hasten.remoteexecutor;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.QueryRequest.Slice;
import dev.hasten.protocol.RequestParser;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Caches parsed plans by their bytes, because clients send the same plan many times with different parameters. A
 * checksum finds the entry, and then the bytes are compared: a collision must not run the plan of another request.
 */
final class PlanCache {
    /** Approximate maximum memory in bytes; a sixteenth of a small heap. */
    private static final long CAPACITY = Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 16);

    /** The tree of a plan takes up to this many times the memory of its JSON. */
    private static final int TREE_FACTOR = 20;

    /**
     * Maximum bytes of a cached plan. Larger plans contain data, such as long lists of literals, and are not repeated.
     */
    private static final int LARGEST = 256 << 10;

    private final RequestParser parser;
    private final Cache<Long, PlanEntry> plans = Caffeine.newBuilder()
            .maximumWeight(CAPACITY)
            .weigher((Long _, PlanEntry entry) -> entry.json.length * (TREE_FACTOR + 1))
            .build();

    private static final class PlanEntry {
        private final ParsedPlan plan;
        private final byte[] json;

        PlanEntry(ParsedPlan plan, byte[] json) {
            this.plan = plan;
            this.json = json;
        }

        boolean isOf(byte[] body, Slice slice) {
            return Arrays.equals(json, 0, json.length, body, slice.offset(), slice.offset() + slice.length());
        }
    }

    PlanCache(RequestParser parser) {
        this.parser = parser;
    }

    ParsedPlan get(byte[] body, Slice slice, ParseMeter meter) {
        if (slice.length() > LARGEST) {
            return ParsedPlan.of(parser.plan(body, slice, meter), checksum(body, slice));
        }
        Long key = checksum(body, slice);
        PlanEntry known = plans.getIfPresent(key);
        if (known == null || !known.isOf(body, slice)) {
            byte[] json = Arrays.copyOfRange(body, slice.offset(), slice.offset() + slice.length());
            known = new PlanEntry(ParsedPlan.of(parser.plan(body, slice, meter), key), json);
            plans.put(key, known);
        }
        return known.plan;
    }

    private static long checksum(byte[] body, Slice slice) {
        CRC32C checksum = new CRC32C();
        checksum.update(body, slice.offset(), slice.length());
        return (long) slice.length() << Integer.SIZE | checksum.getValue();
    }
}
