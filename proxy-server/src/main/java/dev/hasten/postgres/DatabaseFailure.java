package dev.hasten.postgres;

import dev.hasten.protocol.ServerReport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a statement or an attempt to connect failed. */
public sealed interface DatabaseFailure {

    /** PostgreSQL reported an error, or Hasten refused a statement with the error that PostgreSQL would report. */
    record Reported(ServerReport report) implements DatabaseFailure {}

    /**
     * No server accepts connections at the address.
     *
     * @param host null if unknown
     */
    record Unreachable(@Nullable String host, int port) implements DatabaseFailure {}

    /** The server did not respond in time. */
    record TimedOut() implements DatabaseFailure {}

    /** The connection could not be encrypted. */
    record TlsFailed(String reason) implements DatabaseFailure {}

    /** The connection was closed or broke. */
    record ConnectionClosed() implements DatabaseFailure {}

    /** No connection became available in time. */
    record PoolTimeout(Duration timeout, int poolSize) implements DatabaseFailure {}

    /** The queue for connections is full. */
    record PoolQueueFull(int maxWaiting) implements DatabaseFailure {}
}
