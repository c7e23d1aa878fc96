package dev.hasten.request;

import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.http.Answer;
import dev.hasten.http.Exchange;
import dev.hasten.protocol.ApiError;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What protocols do each in their own way around a request. Prisma's way is the default. */
public interface Convention {
    /** Clients of Prisma. */
    Convention PRISMA = new Convention() {};

    /** Clients before Prisma 6.12 say nothing about the body, so that {@code fetch} calls their JSON text/plain. */
    Convention PRISMA_ANY_BODY = new Convention() {
        @Override
        public boolean requiresJsonType() {
            return false;
        }
    };

    /**
     * The key of a request.
     *
     * @throws ApiError 401 when it has none that is valid
     */
    default ApiKey key(ApiKeys keys, Exchange head) {
        return keys.authenticate(head.header("authorization"));
    }

    /** Whether a body must be called {@code application/json}. */
    default boolean requiresJsonType() {
        return true;
    }

    /** The answer for an error, with telemetry that the client asked for. */
    default Answer error(ApiError error, @Nullable Map<String, ?> extensions) {
        return ErrorAnswers.of(error, extensions);
    }
}
