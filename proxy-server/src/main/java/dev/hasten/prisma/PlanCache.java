package dev.hasten.prisma;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.QueryRequest.Slice;
import dev.hasten.protocol.RequestParser;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Parsed plans by the SHA-256 of their bytes: clients send the same plan again and again, with other parameters. The
 * hash is a cryptographic one because a collision would run somebody's statement for somebody else.
 */
final class PlanCache {
    /** Bytes of memory, roughly, for remembered plans. */
    private static final long CAPACITY = 64 << 20;

    /** A plan's tree takes up to so many times its JSON. */
    private static final int TREE_FACTOR = 20;

    /** Larger plans carry data, such as long literal lists, and do not come again. */
    private static final int LARGEST = 256 << 10;

    private final RequestParser parser;
    private final Cache<Key, Entry> plans = Caffeine.newBuilder()
            .maximumWeight(CAPACITY)
            .weigher((Key _, Entry entry) -> entry.bytes() * TREE_FACTOR)
            .build();

    private record Key(long a, long b, long c, long d) {
        static Key of(byte[] body, Slice slice) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(body, slice.offset(), slice.length());
                ByteBuffer hash = ByteBuffer.wrap(digest.digest());
                return new Key(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private record Entry(ParsedPlan plan, int bytes) {}

    PlanCache(RequestParser parser) {
        this.parser = parser;
    }

    ParsedPlan get(byte[] body, Slice slice) {
        if (slice.length() > LARGEST) {
            return ParsedPlan.of(parser.plan(body, slice));
        }
        Key key = Key.of(body, slice);
        Entry known = plans.getIfPresent(key);
        if (known == null) {
            known = new Entry(ParsedPlan.of(parser.plan(body, slice)), slice.length());
            plans.put(key, known);
        }
        return known.plan();
    }
}
