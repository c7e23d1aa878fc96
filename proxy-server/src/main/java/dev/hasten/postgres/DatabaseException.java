package dev.hasten.postgres;

import dev.hasten.protocol.ServerReport;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A statement or an attempt to connect failed. Each protocol converts this to an error of its own. Has no stack trace,
 * because it does not indicate a bug.
 */
public final class DatabaseException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient DatabaseFailure failure;
    private final boolean whileConnecting;

    private DatabaseException(DatabaseFailure failure, boolean whileConnecting) {
        super(describe(failure), null, false, false);
        this.failure = failure;
        this.whileConnecting = whileConnecting;
    }

    static DatabaseException ofStatement(DatabaseFailure failure) {
        return new DatabaseException(failure, false);
    }

    static DatabaseException whileConnecting(DatabaseFailure failure) {
        return new DatabaseException(failure, true);
    }

    private static String describe(DatabaseFailure failure) {
        return switch (failure) {
            case DatabaseFailure.Reported(ServerReport report) -> report.message();
            case DatabaseFailure.Unreachable(String host, int port) ->
                host == null
                        ? "cannot reach the database server"
                        : "cannot reach the database server at " + host + ":" + port;
            case DatabaseFailure.TimedOut _ -> "the database server did not respond in time";
            case DatabaseFailure.TlsFailed(String reason) -> "cannot open a TLS connection: " + reason;
            case DatabaseFailure.ConnectionClosed _ -> "the database server closed the connection";
            case DatabaseFailure.PoolTimeout _ -> "no connection became available in time";
            case DatabaseFailure.PoolQueueFull _ -> "too many requests are waiting for a connection";
        };
    }

    /** What failed. */
    public DatabaseFailure failure() {
        return failure;
    }

    /** Whether no connection was available, so that the error is not about the statement. */
    public boolean isWhileConnecting() {
        return whileConnecting;
    }

    /** PostgreSQL's report of an error in the statement; null for other failures. */
    public @Nullable ServerReport statementReport() {
        return !whileConnecting && failure instanceof DatabaseFailure.Reported(ServerReport report) ? report : null;
    }
}
