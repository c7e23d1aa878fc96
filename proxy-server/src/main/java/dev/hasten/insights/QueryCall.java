package dev.hasten.insights;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A completed call of a query.
 *
 * @param outcome where the response came from
 * @param nanos from the request to the response
 * @param databaseNanos time of its statements in PostgreSQL; 0 if none ran
 * @param rows rows that its statements returned or changed
 * @param bytes size of the response
 * @param errorCode null if it was successful
 */
public record QueryCall(
        Outcome outcome,
        long nanos,
        long databaseNanos,
        long rows,
        long bytes,
        @Nullable String errorCode) {

    /** Where a response came from. */
    public enum Outcome {
        /** From a fresh entry of the cache. */
        HIT,
        /** From a stale entry of the cache. */
        STALE,
        /** From PostgreSQL, and it may be stored. */
        MISS,
        /** From PostgreSQL, without the cache. */
        UNCACHED;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** The name in logs and metrics. */
        public String label() {
            return label;
        }
    }
}
