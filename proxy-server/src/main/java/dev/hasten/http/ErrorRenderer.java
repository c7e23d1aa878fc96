package dev.hasten.http;

import java.nio.charset.StandardCharsets;

/** Renders errors detected by the HTTP layer in the format that clients expect. */
@FunctionalInterface
public interface ErrorRenderer {

    /**
     * Returns the response for an error.
     *
     * @param status HTTP status
     * @param code Prisma error code such as P5000
     * @param message human-readable text; never contains anything that the client sent
     */
    Response render(int status, String code, String message);

    /** The JSON error body that all versions of Prisma Client understand, and the {@code Prisma-Error-Code} header. */
    static ErrorRenderer json() {
        return (status, code, message) -> {
            String text = message.replace("\\", "\\\\").replace("\"", "\\\"");
            String body = "{\"is_panic\":false,\"message\":\"" + text + "\",\"error_code\":\"" + code + "\",\"code\":\""
                    + code + "\",\"error\":\"" + text + "\",\"meta\":{}}";
            return Response.json(status, body.getBytes(StandardCharsets.UTF_8)).header("Prisma-Error-Code", code);
        };
    }
}
