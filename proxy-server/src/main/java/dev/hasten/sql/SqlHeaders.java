package dev.hasten.sql;

import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.postgres.IsolationLevel;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.protocol.ApiError;
import org.jspecify.annotations.Nullable;

/**
 * The options in the headers of a request. Boolean headers are on only if their value is exactly {@code true}.
 *
 * @param rawText whether all values are returned as strings in PostgreSQL's text format
 * @param arrayMode whether rows are arrays; a statement's own {@code arrayMode} overrides this
 * @param isolationLevel the value of the header; null if it was not sent
 * @param mode the mode of a transaction
 */
record SqlHeaders(
        boolean rawText, boolean arrayMode, @Nullable String isolationLevel, TransactionMode mode) {
    static final String CONNECTION_STRING = "Neon-Connection-String";
    private static final String RAW_TEXT = "Neon-Raw-Text-Output";
    private static final String ARRAY_MODE = "Neon-Array-Mode";
    private static final String ISOLATION_LEVEL = "Neon-Batch-Isolation-Level";
    private static final String READ_ONLY = "Neon-Batch-Read-Only";
    private static final String DEFERRABLE = "Neon-Batch-Deferrable";

    /** The request headers that CORS must allow. */
    static final String ALL = String.join(
            ", ", CONNECTION_STRING, RAW_TEXT, ARRAY_MODE, ISOLATION_LEVEL, READ_ONLY, DEFERRABLE, "Neon-Pool-Opt-In");

    /**
     * Parses the headers of a request.
     *
     * @throws ApiError P6000 for an unknown isolation level
     */
    static SqlHeaders of(Exchange exchange) {
        String name = exchange.header(ISOLATION_LEVEL);
        IsolationLevel level = name == null ? null : isolationLevel(name);
        return new SqlHeaders(
                isTrue(exchange, RAW_TEXT),
                isTrue(exchange, ARRAY_MODE),
                name,
                new TransactionMode(level, isTrue(exchange, READ_ONLY), isTrue(exchange, DEFERRABLE)));
    }

    private static IsolationLevel isolationLevel(String name) {
        return IsolationLevel.ofClientName(name)
                .orElseThrow(() -> ApiError.badRequest("Invalid header " + ISOLATION_LEVEL
                        + ": it must be ReadUncommitted, ReadCommitted, RepeatableRead or Serializable"));
    }

    private static boolean isTrue(Exchange exchange, String header) {
        return "true".equals(exchange.header(header));
    }

    /** Returns the headers that affect the response to a single statement, encoded in exactly two characters. */
    String context() {
        return (rawText ? "r" : "-") + (arrayMode ? "a" : "-");
    }

    /** Adds the mode of a transaction to the headers of its response. */
    Response echo(Response response) {
        if (mode.readOnly()) {
            response.header(READ_ONLY, "true");
        }
        if (mode.deferrable()) {
            response.header(DEFERRABLE, "true");
        }
        return isolationLevel == null ? response : response.header(ISOLATION_LEVEL, isolationLevel);
    }
}
