package dev.hasten.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.admission.ErrorResponses;
import dev.hasten.http.Response;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.DatabaseFailure;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ServerReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes errors in the format of Neon's proxy: all fields of PostgreSQL's error report, with null for missing ones.
 * Errors raised by Hasten itself use the closest SQLSTATE. {@link NeonErrors} sends them
 * with the status that the driver reads.
 */
final class SqlErrors {
    private static final JsonMapper JSON = JsonMapper.shared();

    private SqlErrors() {}

    /** Runs work and turns its {@link DatabaseException} into the error for the client. */
    static <T> T translated(Supplier<T> work) {
        try {
            return work.get();
        } catch (DatabaseException e) {
            throw of(e);
        }
    }

    static ApiError of(DatabaseException error) {
        String text = String.valueOf(error.getMessage());
        return switch (error.failure()) {
            case DatabaseFailure.Reported(ServerReport report)
            when error.isWhileConnecting() && !isOutage(report) ->
                ApiError.of(503, "P1001", "cannot connect to the database: " + text);
            case DatabaseFailure.Reported(ServerReport report) ->
                ApiError.of(isOutage(report) ? 503 : 400, "P2010", text).with(report);
            case DatabaseFailure.Unreachable _, DatabaseFailure.TlsFailed _ -> ApiError.of(503, "P1001", text);
            case DatabaseFailure.TimedOut _, DatabaseFailure.ConnectionClosed _ -> ApiError.of(503, "P1017", text);
            case DatabaseFailure.PoolTimeout(Duration timeout, int poolSize) -> ApiError.poolTimeout(timeout, poolSize);
            case DatabaseFailure.PoolQueueFull(int maxWaiting) -> ApiError.poolQueueFull(maxWaiting);
        };
    }

    /** Whether PostgreSQL is starting or stopping, or has no free connection slot. */
    private static boolean isOutage(ServerReport report) {
        return report.state().startsWith("57P0") || report.state().equals("53300");
    }

    static Response response(ApiError error) {
        ServerReport report = report(error);
        byte[] body = JSON.writeValueAsBytes(body(report));
        Response response = error.serverReport() != null
                ? Response.json(error.status(), body)
                : ErrorResponses.withHeaders(Response.json(status(error), body), error);
        // A code of Hasten says more than the closest SQLSTATE.
        return response.errorCode(error.serverReport() != null ? report.state() : error.code());
    }

    /** The last line of a stream. */
    static byte[] line(ApiError error) {
        return (JSON.writeValueAsString(Map.of("error", body(report(error)))) + "\n").getBytes(UTF_8);
    }

    private static ServerReport report(ApiError error) {
        ServerReport report = error.serverReport();
        return report == null ? ServerReport.of(sqlState(error), error.text()) : report;
    }

    private static int status(ApiError error) {
        return switch (error.code()) {
            case "P6004" -> 400;
            case "P6009" -> error.status() == 413 ? 413 : 507;
            default -> error.status();
        };
    }

    private static String sqlState(ApiError error) {
        return switch (error.code()) {
            case "P6004" -> "57014"; // query_canceled
            case "P6009", "P2029" -> "54000"; // program_limit_exceeded
            case "P2024", "P5011" -> "53300"; // too_many_connections
            case "P6005" -> "22023"; // invalid_parameter_value
            case "P6008" -> "57P03"; // cannot_connect_now
            case "P1001" -> "08001"; // sqlclient_unable_to_establish_sqlconnection
            case "P1017" -> "08006"; // connection_failure
            default -> sqlState(error.status());
        };
    }

    private static String sqlState(int status) {
        return switch (status) {
            case 401 -> "28P01"; // invalid_password
            case 403 -> "42501"; // insufficient_privilege
            case 413, 431 -> "54000"; // program_limit_exceeded
            case 429, 503 -> "53300"; // too_many_connections
            default -> status < 500 ? "08P01" : "XX000"; // protocol_violation, internal_error
        };
    }

    private static Map<String, @Nullable Object> body(ServerReport report) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("message", report.message());
        body.put("code", report.state());
        body.put("detail", report.detail());
        body.put("hint", report.hint());
        body.put("position", text(report.position()));
        body.put("internalPosition", text(report.internalPosition()));
        body.put("internalQuery", report.internalQuery());
        body.put("severity", report.severity());
        body.put("where", report.where());
        body.put("table", report.table());
        body.put("column", report.column());
        body.put("schema", report.schema());
        body.put("dataType", report.dataType());
        body.put("constraint", report.constraint());
        body.put("file", report.file());
        body.put("line", text(report.line()));
        body.put("routine", report.routine());
        return body;
    }

    private static @Nullable String text(@Nullable Integer number) {
        return number == null ? null : number.toString();
    }
}
