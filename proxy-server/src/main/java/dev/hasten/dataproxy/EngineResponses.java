package dev.hasten.dataproxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.http.Response;
import dev.hasten.json.JsonBuffer;
import dev.hasten.protocol.ApiError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Response bodies in the format of the query engine. */
final class EngineResponses {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String STATEMENTS = "quaint::connector::metrics";
    private static final byte[] NOTHING = "null".getBytes(UTF_8);
    private static final byte[] SCHEMA_MISSING =
            "{\"EngineNotStarted\":{\"reason\":\"SchemaMissing\"}}".getBytes(UTF_8);

    private static final byte[] SCHEMA_STARTING =
            "{\"EngineNotStarted\":{\"reason\":{\"HealthcheckTimeout\":{\"logs\":[]}}}}".getBytes(UTF_8);

    private EngineResponses() {}

    /** Makes the client upload its schema and try again. */
    static Response schemaMissing() {
        return Response.json(404, SCHEMA_MISSING);
    }

    /** Makes the client retry up to ten times, with increasing delays. */
    static Response schemaStarting() {
        return Response.json(503, SCHEMA_STARTING);
    }

    /** The value of a query without a result. */
    static JsonBuffer nothing() {
        return JsonBuffer.of(NOTHING);
    }

    /** {@code {"errors":[...]}}. */
    static Map<String, Object> errors(ApiError error, ClientVersion version, @Nullable Integer batchIndex) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("errors", List.of(EngineErrors.of(error, version, batchIndex)));
        return body;
    }

    /** Returns a response with the given body and, if not null, the given telemetry. */
    static Response json(Map<String, ?> body, @Nullable Map<String, ?> extensions) {
        Map<String, Object> all = new LinkedHashMap<>(body);
        if (extensions != null) {
            all.put("extensions", extensions);
        }
        return Response.json(200, JSON.writeValueAsBytes(all));
    }

    /** The result of a query of a batch that failed. */
    static JsonBuffer errors(ApiError error, ClientVersion version) {
        return JsonBuffer.of(bytes(errors(error, version, null)));
    }

    static byte[] bytes(Map<String, ?> body) {
        return JSON.writeValueAsBytes(body);
    }

    /**
     * Converts telemetry to the engine's format: events have a target, and spans are called traces. Clients before 6.1
     * expect another format for traces, so they get none.
     */
    static @Nullable Map<String, ?> extensions(@Nullable Map<String, Object> collected, ClientVersion version) {
        if (collected == null) {
            return null;
        }
        Map<String, Object> extensions = new LinkedHashMap<>();
        if (collected.get("logs") instanceof List<?> logs && !logs.isEmpty()) {
            List<Object> events = new ArrayList<>();
            logs.forEach(event -> events.add(withTarget(event)));
            extensions.put("logs", events);
        }
        if (collected.get("spans") instanceof List<?> spans && version.isAtLeast(6, 1)) {
            extensions.put("traces", spans);
        }
        return extensions.isEmpty() ? null : extensions;
    }

    private static Object withTarget(Object event) {
        if (!(event instanceof Map<?, ?> members)) {
            return event;
        }
        Map<Object, @Nullable Object> all = new LinkedHashMap<>(members);
        all.put("target", "query".equals(members.get("level")) ? STATEMENTS : "query_engine");
        return all;
    }
}
