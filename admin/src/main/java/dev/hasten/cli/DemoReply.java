package dev.hasten.cli;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A response to the demo's client.
 *
 * @param status HTTP status
 * @param body JSON
 * @param cacheStatus value of the header {@code accelerate-cache-status}, or ""
 * @param age value of the header {@code age}, or ""
 */
record DemoReply(int status, String body, String cacheStatus, String age) {
    private JsonNode json() {
        return JsonMapper.shared().readTree(body);
    }

    /** The text of a member of the response body. */
    String text(String name) {
        return json().path(name).asString("");
    }

    /** The Prisma error code, or "". */
    String errorCode() {
        return text("code");
    }

    /** The error message, or "". */
    String errorText() {
        return text("message");
    }

    /** Size of the body in bytes. The demo's responses are ASCII, so this is the number of characters. */
    int bytes() {
        return body.length();
    }

    /** The number of rows of a model or raw query; -1 for a response without data. */
    int rows() {
        JsonNode data = json().path("data");
        JsonNode list = data.path("rows").isArray() ? data.path("rows") : data;
        return list.isArray() ? list.size() : list.isObject() ? 1 : -1;
    }
}
