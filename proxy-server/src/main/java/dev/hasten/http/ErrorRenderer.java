package dev.hasten.http;

import java.nio.charset.StandardCharsets;

/** Gives an error that the HTTP layer found the shape that clients understand. */
@FunctionalInterface
public interface ErrorRenderer {

    /**
     * The answer for an error.
     *
     * @param status HTTP status
     * @param code Prisma error code such as P5000
     * @param message text for people; never holds anything the client sent
     */
    Answer render(int status, String code, String message);

    /** The one error body that every Prisma client generation reads, and its {@code Prisma-Error-Code} header. */
    static ErrorRenderer json() {
        return (status, code, message) -> {
            String text = message.replace("\\", "\\\\").replace("\"", "\\\"");
            String body = "{\"is_panic\":false,\"message\":\"" + text + "\",\"error_code\":\"" + code + "\",\"code\":\""
                    + code + "\",\"error\":\"" + text + "\",\"meta\":{}}";
            return Answer.json(status, body.getBytes(StandardCharsets.UTF_8)).header("Prisma-Error-Code", code);
        };
    }
}
