package dev.hasten.postgres;

import dev.hasten.protocol.ServerReport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Converts exceptions of the driver. */
final class DatabaseErrors {
    private DatabaseErrors() {}

    /** The error for a failed statement. */
    static DatabaseException of(SQLException error) {
        return DatabaseException.ofStatement(failure(error));
    }

    /** The error for a failed attempt to connect. */
    static DatabaseException whileConnecting(SQLException error) {
        return DatabaseException.whileConnecting(failure(error));
    }

    /** The error for a statement that Hasten refuses, as PostgreSQL would report it. */
    static DatabaseException refused(String sqlState, String message) {
        return DatabaseException.ofStatement(new DatabaseFailure.Reported(ServerReport.of(sqlState, message)));
    }

    /** The error for an address where no server accepts connections. */
    static DatabaseException unreachable(String host, int port) {
        return DatabaseException.whileConnecting(new DatabaseFailure.Unreachable(host, port));
    }

    private static DatabaseFailure failure(SQLException error) {
        ServerErrorMessage server = serverMessage(error);
        if (server != null) {
            return new DatabaseFailure.Reported(report(server));
        }
        if (isConnectionLost(error)) {
            return connectionFailure(error);
        }
        // The driver refuses to send some statements, such as COPY or text with a zero byte.
        return new DatabaseFailure.Reported(
                ServerReport.of(String.valueOf(error.getSQLState()), String.valueOf(error.getMessage())));
    }

    private static DatabaseFailure connectionFailure(SQLException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case ConnectException _, UnknownHostException _ -> {
                    return new DatabaseFailure.Unreachable(null, 0);
                }
                case SocketTimeoutException _ -> {
                    return new DatabaseFailure.TimedOut();
                }
                case SSLException _ -> {
                    return new DatabaseFailure.TlsFailed(String.valueOf(cause.getMessage()));
                }
                default -> {}
            }
        }
        return new DatabaseFailure.ConnectionClosed();
    }

    private static ServerReport report(ServerErrorMessage server) {
        return new ServerReport(
                String.valueOf(server.getSQLState()),
                String.valueOf(server.getSeverity()),
                String.valueOf(server.getMessage()),
                server.getDetail(),
                server.getHint(),
                position(server.getPosition()),
                position(server.getInternalPosition()),
                server.getInternalQuery(),
                server.getWhere(),
                server.getSchema(),
                server.getTable(),
                server.getColumn(),
                server.getDatatype(),
                server.getConstraint(),
                server.getFile(),
                position(server.getLine()),
                server.getRoutine());
    }

    /** The driver returns 0 if there is no number. */
    private static @Nullable Integer position(int number) {
        return number == 0 ? null : number;
    }

    /** Whether the error was raised inside a function or procedure, and therefore not by the client's own statement. */
    static boolean comesFromFunction(SQLException error) {
        ServerErrorMessage server = serverMessage(error);
        return server != null && server.getWhere() != null && server.getWhere().contains("function");
    }

    /** Whether connecting failed because PostgreSQL is starting, stopping or not responding. */
    static boolean isOutage(SQLException error) {
        ServerErrorMessage server = serverMessage(error);
        if (server != null) {
            return String.valueOf(server.getSQLState()).startsWith("57P");
        }
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return false;
            }
        }
        return isConnectionLost(error);
    }

    /** Whether the connection cannot be used again: the server ended it, or it broke. */
    static boolean isConnectionLost(SQLException error) {
        ServerErrorMessage server = serverMessage(error);
        if (server != null) {
            String severity = String.valueOf(server.getSeverity());
            return severity.equals("FATAL") || severity.equals("PANIC");
        }
        String state = error.getSQLState();
        return state == null || state.startsWith("08") || error.getCause() instanceof IOException;
    }

    private static @Nullable ServerErrorMessage serverMessage(SQLException error) {
        return error instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
    }
}
