package dev.hasten.admission;

import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ErrorBody;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where errors become bytes. */
public final class ErrorResponses {
    private ErrorResponses() {}

    /** The answer for an error. */
    public static Response of(ApiError error) {
        return of(error, null);
    }

    /** The answer for an error, with telemetry that the client asked for. */
    public static Response of(ApiError error, @Nullable Map<String, ?> extensions) {
        Response response = Response.json(error.status(), ErrorBody.of(error, extensions));
        return withHeaders(response.header("Prisma-Error-Code", error.code()), error);
    }

    /** Adds the headers that belong to an error in HTTP, whatever its body looks like. */
    public static Response withHeaders(Response response, ApiError error) {
        Duration retryAfter = error.retryAfter();
        if (retryAfter != null) {
            response.header("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
        }
        if (error.status() == 401) {
            response.header("WWW-Authenticate", "Bearer");
        }
        return response;
    }
}
