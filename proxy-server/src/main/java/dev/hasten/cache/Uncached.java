package dev.hasten.cache;

import java.util.Locale;

/**
 * Why a response must not be cached.
 *
 * @param detail for people, such as {@code uses the function now}; safe to show to the client
 */
public record Uncached(Reason reason, String detail) {
    /** The reasons, from those that always prevent caching to those that only make a result non-deterministic. */
    public enum Reason {
        /** Neither the request nor a default asks for caching. */
        NO_STRATEGY,
        /** The operator has disabled the cache of the database. */
        DISABLED,
        /** The query is part of a transaction. */
        TRANSACTION,
        /** Raw SQL from Prisma Client. */
        RAW_SQL,
        /** The statement or plan writes, locks rows, or is not a query. */
        NOT_A_READ,
        /** A query of a batch failed. */
        FAILED_BATCH,
        /** The plan generates values, such as an ID or the current time. */
        GENERATED_VALUE,
        /** A function that is declared volatile may write, or changes the session. */
        VOLATILE_FUNCTION,
        /** The statement reads system catalogs. */
        CATALOG,
        /** The result depends on the session: its role, its settings, its temporary tables. */
        SESSION,
        /** Hasten does not understand the statement or its plan. */
        NOT_PROVED,
        /** An unlogged table does not appear in the change stream. */
        UNLOGGED_TABLE,
        /** The refresh of a materialized view does not appear in the change stream. */
        MATERIALIZED_VIEW,
        /** A function that is not immutable, but does not write, reads data that Hasten does not see. */
        FUNCTION,
        /** The result depends on the current time. */
        TIME,
        /** The result is random. */
        RANDOM,
        /** Nobody reports changes of a foreign table. */
        FOREIGN_TABLE,
        /** Sequences change without a transaction. */
        SEQUENCE;

        /** Whether it only makes the result non-deterministic. Such a result may be cached for a ttl that the app chose. */
        public boolean isOnlyNonDeterministic() {
            return compareTo(FUNCTION) >= 0;
        }

        /** The name in metrics and headers, such as {@code no_strategy}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The more serious one. */
    public Uncached or(Uncached other) {
        return reason.compareTo(other.reason) <= 0 ? this : other;
    }

    /** For a header. Characters that a header must not have are replaced. */
    public String header() {
        return reason.label() + ": " + detail.replaceAll("[^ -~]", "?");
    }
}
