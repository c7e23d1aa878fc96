package dev.hasten.admission;

import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import dev.hasten.telemetry.CaptureSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a protocol sends API keys, bodies and errors. The defaults are those of Prisma Client. */
public interface Protocol {
    /** Prisma Client. */
    Protocol PRISMA = new Protocol() {};

    /**
     * Prisma Client 5 and 6 without an engine. Before 6.12, it sets no Content-Type, so that {@code fetch} sends its JSON
     * as text/plain.
     */
    Protocol PRISMA_ENGINE = new Protocol() {
        @Override
        public boolean requiresJsonType() {
            return false;
        }

        @Override
        public CaptureSettings.Format telemetry() {
            return CaptureSettings.Format.ENGINE;
        }
    };

    /**
     * Authenticates a request by its key.
     *
     * @throws ApiError 401 if it has no valid key
     */
    default ApiKey key(ApiKeys keys, Exchange head) {
        return keys.authenticate(head.header("authorization"));
    }

    /** Whether the Content-Type of a body must be {@code application/json}. */
    default boolean requiresJsonType() {
        return true;
    }

    /** Which events and spans clients expect. */
    default CaptureSettings.Format telemetry() {
        return CaptureSettings.Format.EXECUTOR;
    }

    /**
     * The response for an error.
     *
     * @param extensions the telemetry that the client requested, null for none
     */
    default Response error(ApiError error, @Nullable Map<String, ?> extensions) {
        return ErrorResponses.of(error, extensions);
    }
}
