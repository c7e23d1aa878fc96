package dev.hasten.insights;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What the queries of a shape have in common.
 *
 * @param model null for none
 * @param arguments what the query selects, without values: {@code Post.findMany:BASE64}; null if the client does not say it
 * @param fingerprint a hash of the plan or the statement
 * @param read whether a {@code cacheStrategy} is possible
 */
record ShapeKey(
        String database,
        @Nullable String model,
        String operation,
        @Nullable String arguments,
        long fingerprint,
        boolean read) {

    /** 16 hex digits. */
    String id() {
        long hash = fingerprint;
        for (String part : new String[] {database, String.valueOf(model), operation, String.valueOf(arguments)}) {
            hash = (hash ^ part.hashCode()) * 0x9e3779b97f4a7c15L;
            hash ^= hash >>> 29;
        }
        return HexFormat.of().toHexDigits(hash);
    }
}
