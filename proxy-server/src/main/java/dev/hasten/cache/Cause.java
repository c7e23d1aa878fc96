package dev.hasten.cache;

import java.util.Locale;

/**
 * Why cached data became outdated.
 *
 * @param detail who changed or reported it, for operators
 */
public record Cause(Kind kind, String detail) {
    /** The kinds of invalidations. */
    public enum Kind {
        /** An app or an operator invalidated tags. */
        TAGS,
        /** An operator invalidated the queries of a model. */
        MODEL,
        /** An operator invalidated what depends on a table. */
        TABLE,
        /** An app or an operator invalidated everything. */
        ALL,
        /** A write passed through the server. */
        WRITE,
        /** The change stream reported a commit. */
        STREAM,
        /** The schema changed. */
        SCHEMA;

        /** The name in the admin API, such as {@code schema}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
