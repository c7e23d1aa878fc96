package dev.hasten.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The error body that all versions of Prisma Client understand: {@code {"is_panic":false,"message":M,"error_code":C,
 * "code":C,"error":M,"meta":{...}}}. Prisma 7 reads {@code code}, {@code error} and {@code meta}. Prisma 6 does not
 * retry an error with {@code is_panic}, {@code message} and {@code error_code}.
 */
public final class ErrorBody {
    private static final JsonMapper JSON = JsonMapper.shared();

    private ErrorBody() {}

    /** Serializes the body as UTF-8. */
    public static byte[] of(ApiError error) {
        return of(error, null);
    }

    /**
     * Serializes the body as UTF-8, with the telemetry that the client requested.
     *
     * @param extensions the value of {@code extensions}, or null for none
     */
    public static byte[] of(ApiError error, @Nullable Map<String, ?> extensions) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("is_panic", false);
        body.put("message", error.text());
        body.put("error_code", error.code());
        body.put("code", error.code());
        body.put("error", error.text());
        body.put("meta", error.meta());
        if (extensions != null) {
            body.put("extensions", extensions);
        }
        return JSON.writeValueAsBytes(body);
    }
}
