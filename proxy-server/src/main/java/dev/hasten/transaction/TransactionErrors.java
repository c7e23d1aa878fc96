package dev.hasten.transaction;

import dev.hasten.protocol.ApiError;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The errors with code P2028. Their texts are those of {@code transaction-manager-error.ts}, except for
 * {@link #unknownOutcome} and {@link #killed}, which exist only in Hasten.
 */
final class TransactionErrors {
    private TransactionErrors() {}

    static ApiError notFound() {
        return ApiError.transaction(
                "Transaction not found. Transaction ID is invalid, refers to an old closed transaction Prisma doesn't have"
                        + " information about anymore, or was obtained before disconnecting.",
                Map.of());
    }

    static ApiError committed(String operation) {
        return ApiError.transaction(
                "Transaction already closed: A " + operation + " cannot be executed on a committed transaction.",
                Map.of());
    }

    static ApiError rolledBack(String operation) {
        return ApiError.transaction(
                "Transaction already closed: A " + operation
                        + " cannot be executed on a transaction that was rolled back.",
                Map.of());
    }

    static ApiError killed() {
        return ApiError.transaction(
                "Transaction already closed: an operator of this server has rolled it back.", Map.of());
    }

    static ApiError expired(String operation, long timeoutMillis, long takenMillis) {
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("operation", operation);
        meta.put("timeout", timeoutMillis);
        meta.put("timeTaken", takenMillis);
        return ApiError.transaction(
                ("A %s cannot be executed on an expired transaction. The timeout for this transaction was %d ms, however %d"
                                + " ms passed since the start of the transaction. Consider increasing the interactive"
                                + " transaction timeout or doing less work in the transaction.")
                        .formatted(operation, timeoutMillis, takenMillis),
                meta);
    }

    static ApiError unknownOutcome(String operation) {
        return ApiError.transaction(
                "The outcome of the commit is unknown: the connection to the database broke, or the request was"
                        + " cancelled, during the commit. A " + operation
                        + " cannot be executed on this transaction. Check whether its changes are in the database.",
                Map.of());
    }

    static ApiError startTimeout() {
        return ApiError.transaction("Unable to start a transaction in the given time.", Map.of());
    }

    static ApiError inconsistent(String message) {
        return ApiError.transaction("Internal Consistency Error: " + message, Map.of());
    }
}
