package dev.hasten.cli;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer as the demo's client got it.
 *
 * @param status HTTP status
 * @param body JSON
 * @param cacheStatus the header {@code accelerate-cache-status}, or ""
 * @param age the header, or ""
 */
record DemoReply(int status, String body, String cacheStatus, String age) {
    private JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    /** A member of the answer's object. */
    String text(String name) {
        return json().path(name).asString("");
    }

    /** The error's Prisma code, or "". */
    String errorCode() {
        return text("code");
    }

    /** The error's text, or "". */
    String errorText() {
        return text("message");
    }

    /** All ASCII but for the names that users choose, of which the demo has none. */
    int bytes() {
        return body.length();
    }

    /** Rows of a model or raw query, -1 for an answer without data. */
    int rows() {
        JsonNode data = json().path("data");
        JsonNode list = data.path("rows").isArray() ? data.path("rows") : data;
        return list.isArray() ? list.size() : list.isObject() ? 1 : -1;
    }
}
