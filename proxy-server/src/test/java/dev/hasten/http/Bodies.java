package dev.hasten.http;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The bodies of responses, for tests that need no server. */
public final class Bodies {
    private Bodies() {}

    /** The body as text. */
    public static String text(Response response) {
        return new String(response.body(), 0, response.length(), UTF_8);
    }
}
