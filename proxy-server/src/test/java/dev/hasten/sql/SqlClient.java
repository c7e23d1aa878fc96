package dev.hasten.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small client of SQL over HTTP. */
record SqlClient(Client client) {
    private static final JsonMapper JSON = JsonMapper.shared();

    Reply post(String body, Map<String, String> headers) {
        return client.post("/sql", body.getBytes(UTF_8), headers);
    }

    Reply query(String sql, @Nullable Object... parameters) {
        return query(Map.of(), sql, parameters);
    }

    Reply query(Map<String, String> headers, String sql, @Nullable Object... parameters) {
        return post(body(sql, parameters, null), headers);
    }

    /** Runs a statement whose result may be cached for a minute. */
    Reply cached(String sql, @Nullable Object... parameters) {
        return cached(Map.of("ttl", 60), sql, parameters);
    }

    Reply cached(Map<String, ?> strategy, String sql, @Nullable Object... parameters) {
        return post(body(sql, parameters, strategy), Map.of());
    }

    Reply transaction(String... statements) {
        return transaction(Map.of(), statements);
    }

    Reply transaction(Map<String, String> headers, String... statements) {
        List<Map<String, String>> queries =
                List.of(statements).stream().map(sql -> Map.of("query", sql)).toList();
        return post(JSON.writeValueAsString(Map.of("queries", queries)), headers);
    }

    /** Returns the only value of a query, as JSON. */
    String value(String sql, @Nullable Object... parameters) {
        Reply reply = query(Map.of("Neon-Array-Mode", "true"), sql, parameters);
        JsonNode value = reply.json().at("/rows/0/0");
        if (reply.status() != 200 || value.isMissingNode()) {
            throw new AssertionError("no value: " + reply);
        }
        return value.toString();
    }

    /** Returns the SQLSTATE of an error, "" if it is not an error. */
    static String state(Reply reply) {
        return reply.status() == 200 ? "" : reply.json().path("code").asString("");
    }

    private static String body(String sql, @Nullable Object[] parameters, @Nullable Map<String, ?> strategy) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("query", sql);
        body.put("params", parameters);
        if (strategy != null) {
            body.put("cacheStrategy", strategy);
        }
        return JSON.writeValueAsString(body);
    }
}
