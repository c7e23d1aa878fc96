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
 * Parsed plans by their bytes: clients send the same plan again and again, with other parameters. A checksum finds the
 * plan, and the bytes themselves decide: a plan that was only like it would run somebody's statement for somebody else.
 */
final class PlanCache {
    /** Bytes of memory, roughly, for remembered plans; a sixteenth of a small heap. */
    private static final long CAPACITY = Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 16);

    /** A plan's tree takes up to so many times its JSON. */
    private static final int TREE_FACTOR = 20;

    /** Larger plans carry data, such as long literal lists, and do not come again. */
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
            return ParsedPlan.of(parser.plan(body, slice, meter));
        }
        Long key = checksum(body, slice);
        PlanEntry known = plans.getIfPresent(key);
        if (known == null || !known.isOf(body, slice)) {
            byte[] json = Arrays.copyOfRange(body, slice.offset(), slice.offset() + slice.length());
            known = new PlanEntry(ParsedPlan.of(parser.plan(body, slice, meter)), json);
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
