package dev.hasten.postgres;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ApiError.ServerReport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Errors of PostgreSQL and of the way to it, as the official executor reports them: SQLSTATE -> kind -> Prisma code,
 * with {@code meta.driverAdapterError}. Sources: {@code adapter-pg/src/errors.ts} and
 * {@code client-engine-runtime/src/user-facing-error.ts} of Prisma 7.10.
 */
public final class DatabaseErrors {
    /** SQLSTATE for failures of the connection, which PostgreSQL does not report itself. */
    private static final String CONNECTION_FAILURE = "08006";

    /** SQLSTATE for result types that Prisma cannot read. Not a reason to retry. */
    private static final String FEATURE_NOT_SUPPORTED = "0A000";

    private static final Pattern KEY_DETAIL = Pattern.compile("\\AKey \\(([^)]+)\\)");
    /** Enough for three names of 63 bytes with every quote doubled, and PostgreSQL's own words. */
    private static final int LONGEST_MISSING_COLUMN = 1000;

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern MISSING_COLUMN = Pattern.compile("^column (.+) does not exist$");

    private DatabaseErrors() {}

    /** Whose text a statement is. */
    public enum Origin {
        /** Raw SQL of the app, by Prisma; errors are always P2010. */
        RAW,
        /** Made by Prisma's query compiler. */
        COMPILED,
        /** SQL over HTTP: always one statement; clients get PostgreSQL's own error. */
        SQL
    }

    /** The error of a statement or connection attempt. */
    public static ApiError of(SQLException error, Origin origin) {
        ServerErrorMessage server = serverMessage(error);
        if (server != null) {
            return told(serverCause(server), origin).with(report(server));
        }
        if (isConnectionLost(error)) {
            return told(connectionCause(error), origin);
        }
        // The driver does not send what it cannot, such as COPY, or a zero byte.
        ServerReport refusal = ServerReport.of(String.valueOf(error.getSQLState()), String.valueOf(error.getMessage()));
        return told(otherCause(refusal), origin).with(refusal);
    }

    /**
     * An error that PostgreSQL would give, if it were asked.
     *
     * @param state SQLSTATE
     */
    public static ApiError of(String state, String message, Origin origin) {
        ServerReport report = ServerReport.of(state, message);
        return told(otherCause(report), origin).with(report);
    }

    private static ApiError told(Cause cause, Origin origin) {
        return origin == Origin.RAW ? cause.asRawError() : cause.asError();
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

    /** The driver says 0 for none. */
    private static @Nullable Integer position(int number) {
        return number == 0 ? null : number;
    }

    /** P2010 for a result column whose type Prisma does not read. */
    public static ApiError unsupportedType(String typeName, Origin origin) {
        Cause cause = new Cause(
                "UnsupportedNativeDataType",
                "P2010",
                "Failed to deserialize column of type '" + typeName
                        + "'. If you're using $queryRaw and this column is explicitly marked as `Unsupported` in your"
                        + " Prisma schema, try casting this column to any supported Prisma type such as `String`.",
                fields("type", typeName));
        return told(cause, origin);
    }

    /** P1001: nothing answers at the database's address. */
    public static ApiError unreachable(String host, int port) {
        return new Cause(
                        "DatabaseNotReachable",
                        "P1001",
                        "Can't reach database server at " + host + ":" + port,
                        fields("host", host, "port", port))
                .asError();
    }

    /** Whether the error was raised inside a function or procedure, whose own statements are not the client's. */
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

    /** Whether the connection is of no further use: the server ended it, or it broke. */
    static boolean isConnectionLost(SQLException error) {
        ServerErrorMessage server = serverMessage(error);
        if (server != null) {
            String severity = String.valueOf(server.getSeverity());
            return severity.equals("FATAL") || severity.equals("PANIC");
        }
        String state = error.getSQLState();
        return state == null || state.startsWith("08") || error.getCause() instanceof IOException;
    }

    /** What the meta of an error says, and the code and text that follow from it. */
    private record Cause(String kind, @Nullable String code, String text, Map<String, @Nullable Object> fields) {

        ApiError asError() {
            Map<String, @Nullable Object> meta = meta();
            if (kind.equals("UniqueConstraintViolation") && fields.get("table") != null) {
                meta.put("table", fields.get("table"));
            }
            if (code != null) {
                return ApiError.of(isUnavailable() ? 503 : 400, code, text, meta);
            }
            return ApiError.of(
                    400, "P2039", "Database error. Code: `%s`. Message: `%s`".formatted(originalCode(), text), meta);
        }

        ApiError asRawError() {
            Object message = fields.getOrDefault("originalMessage", text);
            return ApiError.of(
                    isUnavailable() ? 503 : 400,
                    "P2010",
                    "Raw query failed. Code: `%s`. Message: `%s`".formatted(originalCode(), message),
                    meta());
        }

        private boolean isUnavailable() {
            return kind.equals("DatabaseNotReachable");
        }

        private Object originalCode() {
            Object code = fields.get("originalCode");
            if (code != null) {
                return code;
            }
            return kind.equals("UnsupportedNativeDataType") ? FEATURE_NOT_SUPPORTED : CONNECTION_FAILURE;
        }

        private Map<String, @Nullable Object> meta() {
            Map<String, @Nullable Object> cause = new LinkedHashMap<>();
            for (String first : List.of("originalCode", "originalMessage")) {
                cause.put(first, fields.get(first));
            }
            cause.put("kind", kind);
            cause.putAll(fields);
            cause.values().removeIf(value -> value == null);
            Map<String, Object> adapterError = new LinkedHashMap<>();
            adapterError.put("name", "DriverAdapterError");
            adapterError.put("cause", cause);
            Map<String, @Nullable Object> meta = new LinkedHashMap<>();
            meta.put("driverAdapterError", adapterError);
            return meta;
        }
    }

    private static Cause connectionCause(SQLException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case ConnectException _, UnknownHostException _ -> {
                    return new Cause("DatabaseNotReachable", "P1001", "Can't reach database server", fields());
                }
                case SocketTimeoutException _ -> {
                    return new Cause("SocketTimeout", "P1008", "Operation has timed out", fields());
                }
                case SSLException _ -> {
                    return new Cause(
                            "TlsConnectionError",
                            "P1011",
                            "Error opening a TLS connection: " + cause.getMessage(),
                            fields("reason", cause.getMessage()));
                }
                default -> {}
            }
        }
        return new Cause("ConnectionClosed", "P1017", "Server has closed the connection.", fields());
    }

    private static Cause serverCause(ServerErrorMessage error) {
        String state = String.valueOf(error.getSQLState());
        String message = String.valueOf(error.getMessage());
        Map<String, @Nullable Object> fields = fields("originalCode", state, "originalMessage", message);
        return switch (state) {
            case "22001" -> {
                fields.put("column", error.getColumn());
                yield new Cause(
                        "LengthMismatch",
                        "P2000",
                        "The provided value for the column is too long for the column's type. Column: "
                                + orUnavailable(error.getColumn()),
                        fields);
            }
            case "22003" -> {
                fields.put("cause", message);
                yield new Cause("ValueOutOfRange", "P2020", "Value out of range for the type: " + message, fields);
            }
            case "22P02" -> {
                fields.put("message", message);
                yield new Cause("InvalidInputValue", "P2007", "Invalid input value: " + message, fields);
            }
            case "23505" -> uniqueViolation(error, fields);
            case "23502" -> {
                List<String> columns = keyColumns(error.getDetail());
                Map<String, Object> constraint = columns == null ? null : Map.of("fields", columns);
                fields.put("constraint", constraint);
                yield new Cause(
                        "NullConstraintViolation",
                        "P2011",
                        "Null constraint violation on the " + rendered(constraint),
                        fields);
            }
            case "23503" -> foreignKeyViolation("ForeignKeyConstraintViolation", error, fields);
            case "23001" -> foreignKeyViolation("RestrictViolation", error, fields);
            case "3D000" -> {
                String database = quoted(message);
                fields.put("db", database);
                yield new Cause(
                        "DatabaseDoesNotExist",
                        "P1003",
                        "Database `" + orUnavailable(database) + "` does not exist on the database server",
                        fields);
            }
            case "28000" -> {
                String database = databaseOf(message);
                fields.put("db", database);
                yield new Cause(
                        "DatabaseAccessDenied",
                        "P1010",
                        "User was denied access on the database `" + orUnavailable(database) + "`",
                        fields);
            }
            case "28P01" -> {
                String user = quoted(message);
                fields.put("user", user);
                yield new Cause(
                        "AuthenticationFailed",
                        "P1000",
                        "Authentication failed against the database server, the provided database credentials for `"
                                + orUnavailable(user) + "` are not valid",
                        fields);
            }
            case "40001", "40P01" ->
                new Cause(
                        "TransactionWriteConflict",
                        "P2034",
                        "Transaction failed due to a write conflict or a deadlock. Please retry your transaction",
                        fields);
            case "42P01" -> {
                String table = quoted(message);
                fields.put("table", table);
                yield new Cause(
                        "TableDoesNotExist",
                        "P2021",
                        "The table `" + orUnavailable(table) + "` does not exist in the current database.",
                        fields);
            }
            case "42703" -> {
                String column = missingColumn(message);
                fields.put("column", column);
                yield new Cause(
                        "ColumnNotFound",
                        "P2022",
                        "The column `" + orUnavailable(column) + "` does not exist in the current database.",
                        fields);
            }
            case "42P04" -> {
                String database = quoted(message);
                fields.put("db", database);
                yield new Cause(
                        "DatabaseAlreadyExists",
                        "P1009",
                        "Database `" + orUnavailable(database) + "` already exists on the database server",
                        fields);
            }
            case "53300" -> {
                fields.put("cause", message);
                yield new Cause(
                        "TooManyConnections", "P2037", "Too many database connections opened: " + message, fields);
            }
            default -> otherCause(report(error));
        };
    }

    private static Cause otherCause(ServerReport report) {
        Map<String, @Nullable Object> fields =
                fields("originalCode", report.state(), "originalMessage", report.message());
        fields.put("code", report.state());
        fields.put("severity", report.severity());
        fields.put("message", report.message());
        fields.put("detail", report.detail());
        fields.put("column", report.column());
        fields.put("hint", report.hint());
        return new Cause("postgres", null, report.message(), fields);
    }

    private static Cause uniqueViolation(ServerErrorMessage error, Map<String, @Nullable Object> fields) {
        List<String> columns = keyColumns(error.getDetail());
        Map<String, Object> constraint = null;
        if (error.getConstraint() != null) {
            constraint = Map.of("index", error.getConstraint());
        } else if (columns != null) {
            constraint = Map.of("fields", columns);
        }
        fields.put("constraint", constraint);
        fields.put("table", error.getTable());
        return new Cause(
                "UniqueConstraintViolation",
                "P2002",
                "Unique constraint failed on the " + rendered(constraint),
                fields);
    }

    private static Cause foreignKeyViolation(
            String kind, ServerErrorMessage error, Map<String, @Nullable Object> fields) {
        Map<String, Object> constraint = null;
        if (error.getColumn() != null) {
            constraint = Map.of("fields", List.of(error.getColumn()));
        } else if (error.getConstraint() != null) {
            constraint = Map.of("index", error.getConstraint());
        }
        fields.put("constraint", constraint);
        return new Cause(kind, "P2003", "Foreign key constraint violated on the " + rendered(constraint), fields);
    }

    private static String rendered(@Nullable Map<String, Object> constraint) {
        if (constraint == null) {
            return "(not available)";
        }
        if (constraint.get("fields") instanceof List<?> columns) {
            return "fields: ("
                    + String.join(
                            ", ",
                            columns.stream().map(column -> "`" + column + "`").toList()) + ")";
        }
        return "constraint: `" + constraint.get("index") + "`";
    }

    private static @Nullable List<String> keyColumns(@Nullable String detail) {
        if (detail == null) {
            return null;
        }
        Matcher matcher = KEY_DETAIL.matcher(detail);
        return matcher.find() ? List.of(matcher.group(1).split(", ", -1)) : null;
    }

    private static @Nullable String missingColumn(String message) {
        Matcher matcher = MISSING_COLUMN.matcher(message);
        if (message.length() > LONGEST_MISSING_COLUMN || !matcher.find()) {
            return null;
        }
        return Pattern.compile("\"((?:\"\"|[^\"])*)\"")
                .matcher(matcher.group(1))
                .replaceAll(quoted -> Matcher.quoteReplacement(quoted.group(1).replace("\"\"", "\"")));
    }

    private static @Nullable String quoted(String message) {
        Matcher matcher = QUOTED.matcher(message);
        return matcher.find() ? matcher.group(1) : null;
    }

    /** The database of {@code no pg_hba.conf entry for host "h", user "u", database "d", no encryption}. */
    private static @Nullable String databaseOf(String message) {
        int start = message.indexOf(", database \"");
        return start < 0 ? null : quoted(message.substring(start));
    }

    private static String orUnavailable(@Nullable String text) {
        return text == null ? "(not available)" : text;
    }

    private static @Nullable ServerErrorMessage serverMessage(SQLException error) {
        return error instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
    }

    private static Map<String, @Nullable Object> fields(Object... pairs) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.put((String) pairs[i], pairs[i + 1]);
        }
        return pairs.length == 0 ? new LinkedHashMap<>(Collections.emptyMap()) : fields;
    }
}
