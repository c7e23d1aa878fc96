package dev.hasten.postgres;

import dev.hasten.protocol.ServerReport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a statement or a connection failed. */
public sealed interface DatabaseFailure {

    /** PostgreSQL reported an error, or Hasten refused a statement with the error that PostgreSQL would report. */
    record Reported(ServerReport report) implements DatabaseFailure {}

    /**
     * No server accepts connections at the address.
     *
     * @param host null if it is not known
     */
    record Unreachable(@Nullable String host, int port) implements DatabaseFailure {}

    /** The server did not respond in time. */
    record TimedOut() implements DatabaseFailure {}

    /** The connection could not be encrypted. */
    record TlsFailed(String reason) implements DatabaseFailure {}

    /** The connection broke. */
    record ConnectionClosed() implements DatabaseFailure {}

    /** No connection of the pool became free in time. */
    record PoolTimeout(Duration timeout, int poolSize) implements DatabaseFailure {}

    /** As many requests wait for a connection as may wait. */
    record PoolQueueFull(int maxWaiting) implements DatabaseFailure {}
}
