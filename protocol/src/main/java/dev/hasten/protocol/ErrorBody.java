package dev.hasten.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one error body that every client generation understands: {@code {"is_panic":false,"message":M,"error_code":C,
 * "code":C,"error":M,"meta":{...}}}. Prisma 7 reads {@code code}, {@code error} and {@code meta}; Prisma 6 knows by
 * {@code is_panic}, {@code message} and {@code error_code} that the error is final and must not be retried.
 */
public final class ErrorBody {
    private static final JsonMapper JSON = JsonMapper.shared();

    private ErrorBody() {}

    /** The body's UTF-8 bytes. */
    public static byte[] of(ApiError error) {
        return of(error, null);
    }

    /**
     * The body's UTF-8 bytes, with telemetry that the client asked for.
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
