package dev.hasten.protocol;

import java.io.Serial;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error that is sent to a client: HTTP status, Prisma error code, text and meta.
 *
 * <p>Errors are created where they occur and serialized in one place ({@link ErrorBody}). The text must be safe to show
 * to any holder of an API key: no stack traces, paths, connection strings or SQL of other clients. An ApiError has no
 * stack trace because it is a response, not a defect.
 */
public final class ApiError extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;
    private final transient Map<String, @Nullable Object> meta;
    private final @Nullable Duration retryAfter;
    private final transient @Nullable ServerReport serverReport;

    private ApiError(
            int status,
            String code,
            String message,
            Map<String, ? extends @Nullable Object> meta,
            @Nullable Duration retryAfter,
            @Nullable ServerReport serverReport) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.meta = Collections.unmodifiableMap(new LinkedHashMap<>(meta));
        this.retryAfter = retryAfter;
        this.serverReport = serverReport;
    }

    /**
     * Creates an error.
     *
     * @param status HTTP status, 400 to 599
     * @param code Prisma error code such as {@code P2002}
     * @param message text for the client
     * @param meta details for the client, in the order of the response
     */
    public static ApiError of(int status, String code, String message, Map<String, ? extends @Nullable Object> meta) {
        return new ApiError(status, code, message, meta, null, null);
    }

    /** Creates an error without meta; see {@link #of(int, String, String, Map)}. */
    public static ApiError of(int status, String code, String message) {
        return new ApiError(status, code, message, Map.of(), null, null);
    }

    /** P6000, 400: the request is invalid. The message states what was wrong and what is allowed. */
    public static ApiError badRequest(String message) {
        return of(400, "P6000", message);
    }

    /** P6002, 401: the API key is missing, wrong or expired. The text never states which. */
    public static ApiError unauthorized() {
        return of(
                401,
                "P6002",
                "Unauthorized, check your connection string: this server needs a valid API key (api_key in the URL, or"
                        + " an `Authorization: Bearer` header)");
    }

    /** P6002, 403: the key is valid but does not permit this request. The text states what is missing. */
    public static ApiError forbidden(String message) {
        return of(403, "P6002", message);
    }

    /** P6005, 400: a parameter of the call is out of range. */
    public static ApiError invalidParameters(String message) {
        return of(400, "P6005", message);
    }

    /** P6006, 400: this server does not support the version of the client. */
    public static ApiError unsupportedVersion(String message) {
        return of(400, "P6006", message);
    }

    /** P6004, 422: the query ran longer than the limit of its database and was cancelled in PostgreSQL. */
    public static ApiError queryTimeout(Duration limit) {
        return of(
                422,
                "P6004",
                "Query timeout exceeded: the request took longer than the limit of %s (limits.query_timeout) and was cancelled"
                        .formatted(milliseconds(limit)));
    }

    /** P6004, 422: a streamed response takes longer than the limit. */
    public static ApiError streamTimeout(Duration limit) {
        return of(
                422,
                "P6004",
                "Query timeout exceeded: the streamed response took longer than the limit of %s (limits.stream_timeout) and"
                                .formatted(milliseconds(limit))
                        + " was cancelled");
    }

    /** P6004, 422: an operator has cancelled the query. The status makes no client retry it. */
    public static ApiError cancelledByOperator() {
        return of(422, "P6004", "Query cancelled by an operator of this server");
    }

    /** P6009, 422: the response exceeds the limit. */
    public static ApiError responseTooLarge(String what, long limitBytes) {
        return responseTooLarge(what, limitBytes, "limits.max_response_bytes");
    }

    /** P6009, 422: the response exceeds the limit with this configuration key. */
    public static ApiError responseTooLarge(String what, long limitBytes, String key) {
        return tooLarge(what, limitBytes, key);
    }

    /** P6009, 422: the rows that a statement returned exceed the limit. */
    public static ApiError resultTooLarge(long limitBytes) {
        return tooLarge("the result of a statement", limitBytes, "limits.max_result_bytes");
    }

    private static ApiError tooLarge(String what, long limitBytes, String key) {
        return of(
                422,
                "P6009",
                "Response size limit exceeded: %s is larger than the limit of %d bytes (%s). Select fewer fields or fewer rows"
                        .formatted(what, limitBytes, key));
    }

    /** P2024, 503: no connection became free in time. The text is Prisma's. */
    public static ApiError poolTimeout(Duration timeout, int poolSize) {
        return of(
                503,
                "P2024",
                ("Timed out fetching a new connection from the connection pool. More info:"
                                + " http://pris.ly/d/connection-pool (Current connection pool timeout: %d, connection"
                                + " limit: %d)")
                        .formatted(Math.max(1, timeout.toSeconds()), poolSize),
                Map.of("connection_limit", poolSize, "timeout", Math.max(1, timeout.toSeconds())));
    }

    /** P5011, 429: as many requests wait for a connection as may wait. */
    public static ApiError poolQueueFull(int maxWaiting) {
        return tooManyRequests(
                "Too many requests: %d requests are already waiting for a database connection (pool.max_waiting). Try again later"
                        .formatted(maxWaiting),
                Duration.ofSeconds(1));
    }

    /** P5011, 429: the client sends too many requests. {@code retryAfter} is the time to wait before a retry. */
    public static ApiError tooManyRequests(String message, Duration retryAfter) {
        return new ApiError(429, "P5011", message, Map.of(), retryAfter, null);
    }

    /** P5011, 503: the server is too busy for this request. {@code retryAfter} is the time to wait before a retry. */
    public static ApiError busy(String message, Duration retryAfter) {
        return new ApiError(503, "P5011", message, Map.of(), retryAfter, null);
    }

    /** P6008, 503: the server is stopping or cannot reach its database. */
    public static ApiError unavailable(String message, Duration retryAfter) {
        return new ApiError(503, "P6008", message, Map.of(), retryAfter, null);
    }

    /** P2028, 409: the interactive transaction is closed, expired or unknown. */
    public static ApiError transaction(String message, Map<String, ? extends @Nullable Object> meta) {
        return of(409, "P2028", "Transaction API error: " + message, meta);
    }

    /** P2023, 400: a value from the database does not have the type that the plan declares. */
    public static ApiError inconsistentColumnData(String message) {
        return of(400, "P2023", message);
    }

    /** P6000, 500: a defect of this server. The client gets only the request id; the details are in the log. */
    public static ApiError internal(String requestId) {
        return of(500, "P6000", "Internal server error (request id " + requestId + ")");
    }

    private static String milliseconds(Duration duration) {
        return duration.toMillis() + " ms";
    }

    /** A copy of this error with the report that caused it. */
    public ApiError with(ServerReport report) {
        return new ApiError(status, code, text(), meta, retryAfter, report);
    }

    /** HTTP status, 400 to 599. */
    public int status() {
        return status;
    }

    /** Prisma error code, never empty. */
    public String code() {
        return code;
    }

    /** The text for the client; never null. */
    public String text() {
        return String.valueOf(getMessage());
    }

    /** Details for the client, possibly empty. */
    public Map<String, @Nullable Object> meta() {
        return meta;
    }

    /** The report of PostgreSQL; null if the error does not come from PostgreSQL. */
    public @Nullable ServerReport serverReport() {
        return serverReport;
    }

    /** How long the client should wait before it retries, or null if a retry would not help. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
