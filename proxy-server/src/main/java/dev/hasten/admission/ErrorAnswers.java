package dev.hasten.admission;

import dev.hasten.http.Answer;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ErrorBody;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where errors become bytes. */
public final class ErrorAnswers {
    private ErrorAnswers() {}

    /** The answer for an error. */
    public static Answer of(ApiError error) {
        return of(error, null);
    }

    /** The answer for an error, with telemetry that the client asked for. */
    public static Answer of(ApiError error, @Nullable Map<String, ?> extensions) {
        Answer answer = Answer.json(error.status(), ErrorBody.of(error, extensions));
        return withHeaders(answer.header("Prisma-Error-Code", error.code()), error);
    }

    /** Adds the headers that belong to an error in HTTP, whatever its body looks like. */
    public static Answer withHeaders(Answer answer, ApiError error) {
        Duration retryAfter = error.retryAfter();
        if (retryAfter != null) {
            answer.header("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
        }
        if (error.status() == 401) {
            answer.header("WWW-Authenticate", "Bearer");
        }
        return answer;
    }
}
