package dev.hasten.prisma;

import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.DatabaseFailure;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ServerReport;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts errors of PostgreSQL, and of the connection to it, to those of the official executor: SQLSTATE to kind to
 * Prisma code, with {@code meta.driverAdapterError}. Sources: {@code adapter-pg/src/errors.ts} and
 * {@code client-engine-runtime/src/user-facing-error.ts} of Prisma 7.10.
 */
public final class PrismaErrors {
    /** SQLSTATE for connection failures, for which there is no report from PostgreSQL. */
    private static final String CONNECTION_FAILURE = "08006";

    /** SQLSTATE for result types that Prisma cannot read. Not a reason to retry. */
    private static final String FEATURE_NOT_SUPPORTED = "0A000";

    private static final Pattern KEY_DETAIL = Pattern.compile("\\AKey \\(([^)]+)\\)");
    /** Sufficient for three names of 63 bytes in which every quote is doubled, and PostgreSQL's own text. */
    private static final int LONGEST_MISSING_COLUMN = 1000;

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");
    private static final Pattern MISSING_COLUMN = Pattern.compile("^column (.+) does not exist$");

    private PrismaErrors() {}

    /** Runs work and turns its {@link DatabaseException} into the error for the client. */
    public static <T extends @Nullable Object> T translated(Supplier<T> work) {
        try {
            return work.get();
        } catch (DatabaseException e) {
            throw of(e, false);
        }
    }

    /**
     * Returns the error for the client.
     *
     * @param raw whether the statement comes from {@code $queryRaw} or {@code $executeRaw}, whose errors have code
     *     P2010
     */
    public static ApiError of(DatabaseException error, boolean raw) {
        boolean asRaw = raw && !error.isWhileConnecting();
        return switch (error.failure()) {
            case DatabaseFailure.PoolTimeout(Duration timeout, int poolSize) -> ApiError.poolTimeout(timeout, poolSize);
            case DatabaseFailure.PoolQueueFull(int maxWaiting) -> ApiError.poolQueueFull(maxWaiting);
            case DatabaseFailure.Reported(ServerReport report) ->
                rendered(reported(report), asRaw).with(report);
            case DatabaseFailure.Unreachable(String host, int port) -> rendered(unreachable(host, port), asRaw);
            case DatabaseFailure.TimedOut _ ->
                rendered(new Cause("SocketTimeout", "P1008", "Operation has timed out", fields()), asRaw);
            case DatabaseFailure.TlsFailed(String reason) ->
                rendered(
                        new Cause(
                                "TlsConnectionError",
                                "P1011",
                                "Error opening a TLS connection: " + reason,
                                fields("reason", reason)),
                        asRaw);
            case DatabaseFailure.ConnectionClosed _ ->
                rendered(new Cause("ConnectionClosed", "P1017", "Server has closed the connection.", fields()), asRaw);
        };
    }

    private static ApiError rendered(Cause cause, boolean raw) {
        return raw ? cause.asRawError() : cause.asError();
    }

    private static Cause unreachable(@Nullable String host, int port) {
        return host == null
                ? new Cause("DatabaseNotReachable", "P1001", "Can't reach database server", fields())
                : new Cause(
                        "DatabaseNotReachable",
                        "P1001",
                        "Can't reach database server at " + host + ":" + port,
                        fields("host", host, "port", port));
    }

    /** P2010: Prisma does not support the type of a result column. */
    public static ApiError unsupportedType(String typeName, boolean raw) {
        Cause cause = new Cause(
                "UnsupportedNativeDataType",
                "P2010",
                "Failed to deserialize column of type '" + typeName
                        + "'. If you're using $queryRaw and this column is explicitly marked as `Unsupported` in your"
                        + " Prisma schema, try casting this column to any supported Prisma type such as `String`.",
                fields("type", typeName));
        return rendered(cause, raw);
    }

    /** The content of an error's meta, with the code and text of the error. */
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

    private static Cause reported(ServerReport report) {
        String state = report.state();
        String message = report.message();
        Map<String, @Nullable Object> fields = fields("originalCode", state, "originalMessage", message);
        return switch (state) {
            case "22001" -> {
                fields.put("column", report.column());
                yield new Cause(
                        "LengthMismatch",
                        "P2000",
                        "The provided value for the column is too long for the column's type. Column: "
                                + orUnavailable(report.column()),
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
            case "23505" -> uniqueViolation(report, fields);
            case "23502" -> {
                List<String> columns = keyColumns(report.detail());
                Map<String, Object> constraint = columns == null ? null : Map.of("fields", columns);
                fields.put("constraint", constraint);
                yield new Cause(
                        "NullConstraintViolation",
                        "P2011",
                        "Null constraint violation on the " + described(constraint),
                        fields);
            }
            case "23503" -> foreignKeyViolation("ForeignKeyConstraintViolation", report, fields);
            case "23001" -> foreignKeyViolation("RestrictViolation", report, fields);
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
            default -> otherCause(report);
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

    private static Cause uniqueViolation(ServerReport report, Map<String, @Nullable Object> fields) {
        List<String> columns = keyColumns(report.detail());
        Map<String, Object> constraint = null;
        if (report.constraint() != null) {
            constraint = Map.of("index", report.constraint());
        } else if (columns != null) {
            constraint = Map.of("fields", columns);
        }
        fields.put("constraint", constraint);
        fields.put("table", report.table());
        return new Cause(
                "UniqueConstraintViolation",
                "P2002",
                "Unique constraint failed on the " + described(constraint),
                fields);
    }

    private static Cause foreignKeyViolation(String kind, ServerReport report, Map<String, @Nullable Object> fields) {
        Map<String, Object> constraint = null;
        if (report.column() != null) {
            constraint = Map.of("fields", List.of(report.column()));
        } else if (report.constraint() != null) {
            constraint = Map.of("index", report.constraint());
        }
        fields.put("constraint", constraint);
        return new Cause(kind, "P2003", "Foreign key constraint violated on the " + described(constraint), fields);
    }

    private static String described(@Nullable Map<String, Object> constraint) {
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

    /** Returns the database in {@code no pg_hba.conf entry for host "h", user "u", database "d", no encryption}. */
    private static @Nullable String databaseOf(String message) {
        int start = message.indexOf(", database \"");
        return start < 0 ? null : quoted(message.substring(start));
    }

    private static String orUnavailable(@Nullable String text) {
        return text == null ? "(not available)" : text;
    }

    private static Map<String, @Nullable Object> fields(Object... pairs) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.put((String) pairs[i], pairs[i + 1]);
        }
        return pairs.length == 0 ? new LinkedHashMap<>(Collections.emptyMap()) : fields;
    }
}
