package dev.hasten.dataproxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.plan.Statements;
import dev.hasten.protocol.ApiError;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Inserts many rows in parts of equal size, all in one transaction. The parts share a plan, whereas each single large
 * query would have to be compiled separately.
 */
final class CreateManyChunks {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PART = 100;

    private CreateManyChunks() {}

    /** Whether a query inserts so many rows that it must be split. */
    static boolean isLarge(JsonQuery query) {
        return query.action().startsWith("createMany")
                && rows(query).isArray()
                && rows(query).size() > PART;
    }

    private static JsonNode rows(JsonQuery query) {
        return query.json().path("query").path("arguments").path("data");
    }

    /**
     * Runs the parts.
     *
     * @param jobs the compiled {@link #parts}
     * @param run runs one part
     * @param limit maximum size of the response in bytes
     * @throws ApiError P6009 if the response is larger
     */
    static JsonBuffer insert(
            String action, List<Job> jobs, Statements statements, Function<Job, @Nullable JsonBuffer> run, long limit) {
        return statements.inTransaction(() -> {
            // Created here because the work may run twice.
            List<byte[]> results = new ArrayList<>();
            long bytes = 0;
            for (Job job : jobs) {
                JsonBuffer result = run.apply(job);
                if (result != null) {
                    results.add(result.json());
                    bytes += result.size();
                    if (bytes > limit) {
                        throw ApiError.responseTooLarge("the response", limit);
                    }
                }
            }
            return JsonBuffer.of(action.equals("createMany") ? count(results) : records(results));
        });
    }

    /** Returns a query for each part of the rows. */
    static List<JsonQuery> parts(JsonQuery query) {
        List<JsonQuery> parts = new ArrayList<>();
        JsonNode rows = rows(query);
        for (int start = 0; start < rows.size(); start += PART) {
            ArrayNode some = JSON.createArrayNode();
            for (int i = start; i < Math.min(start + PART, rows.size()); i++) {
                some.add(rows.get(i));
            }
            parts.add(JsonQuery.of(withRows(query.json(), some)));
        }
        return parts;
    }

    private static JsonNode withRows(JsonNode json, ArrayNode rows) {
        ObjectNode whole = copy(json);
        ObjectNode query = copy(json.path("query"));
        ObjectNode arguments = copy(json.path("query").path("arguments"));
        arguments.set("data", rows);
        query.set("arguments", arguments);
        whole.set("query", query);
        return whole;
    }

    /** Returns a shallow copy. */
    private static ObjectNode copy(JsonNode object) {
        ObjectNode copy = JSON.createObjectNode();
        object.properties().forEach(member -> copy.set(member.getKey(), member.getValue()));
        return copy;
    }

    private static byte[] count(List<byte[]> results) {
        long count = 0;
        for (byte[] result : results) {
            count += JSON.readTree(result).path("count").asLong(0);
        }
        return ("{\"count\":" + count + "}").getBytes(UTF_8);
    }

    private static byte[] records(List<byte[]> results) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        records.write('[');
        for (byte[] result : results) {
            // Each result is a list; omit its brackets.
            if (result.length > 2) {
                if (records.size() > 1) {
                    records.write(',');
                }
                records.write(result, 1, result.length - 2);
            }
        }
        records.write(']');
        return records.toByteArray();
    }
}
