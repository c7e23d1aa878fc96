package dev.hasten.admission;

import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ErrorBody;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Converts errors to responses. */
public final class ErrorResponses {
    private ErrorResponses() {}

    /** The response for an error. */
    public static Response of(ApiError error) {
        return of(error, null);
    }

    /** The response for an error, with telemetry that the client requested. */
    public static Response of(ApiError error, @Nullable Map<String, ?> extensions) {
        Response response = Response.json(error.status(), ErrorBody.of(error, extensions));
        return withHeaders(response.errorCode(error.code()).header("Prisma-Error-Code", error.code()), error);
    }

    /** Adds the HTTP headers that belong to an error, regardless of the form of its body. */
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
