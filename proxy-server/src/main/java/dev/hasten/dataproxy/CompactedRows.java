package dev.hasten.dataproxy;

import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.value.DateFormatException;
import dev.hasten.protocol.value.JsDates;
import dev.hasten.schema.CompiledBatch;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Assigns the rows of a compacted batch to its queries. Source: {@code client-engine-runtime/src/batch.ts} of
 * Prisma 7.10.
 */
final class CompactedRows {
    private static final int UUID_DIGITS = 32;

    private final CompiledBatch batch;
    private final JsonNode rows;
    private final Map<List<Object>, JsonNode> byKeys = new HashMap<>();

    CompactedRows(CompiledBatch batch, JsonNode rows) {
        this.batch = batch;
        this.rows = rows;
        for (JsonNode row : rows) {
            List<Object> keys = new ArrayList<>();
            for (String key : batch.shape().keys()) {
                keys.add(comparable(row.path(key)));
            }
            byKeys.putIfAbsent(keys, row);
        }
    }

    /** Returns the record of each query, null for a query that found none. */
    List<@Nullable JsonNode> responses() {
        List<@Nullable JsonNode> responses = new ArrayList<>();
        for (Map<String, PlanValue> arguments : batch.shape().arguments()) {
            List<Object> keys = new ArrayList<>();
            for (String key : batch.shape().keys()) {
                Object value = comparable(arguments.get(key), rows.path(0).path(key));
                keys.add(batch.shape().uuids().contains(key) ? canonical(String.valueOf(value)) : value);
            }
            JsonNode row = byKeys.get(keys);
            responses.add(row == null ? null : selected(row));
        }
        return responses;
    }

    private JsonNode selected(JsonNode row) {
        ObjectNode selected = JsonNodeFactory.instance.objectNode();
        row.properties().forEach(field -> {
            if (batch.shape().selection().contains(field.getKey())) {
                selected.set(field.getKey(), field.getValue());
            }
        });
        return selected;
    }

    /** Converts a value of a row to a form that is equal for equal values. */
    private static Object comparable(JsonNode value) {
        if (value.isNumber()) {
            return number(value.asString());
        }
        String tag = value.path("$type").asString("");
        if (tag.isEmpty()) {
            return value.isString() ? value.stringValue() : value.toString();
        }
        return comparable(value.path("value").asString(""), tag);
    }

    /** The same for an argument of a query. Its type is only known from the value of a row. */
    private Object comparable(@Nullable PlanValue argument, JsonNode sample) {
        Object value = argument instanceof PlanValue.Placeholder placeholder
                ? constant(batch.values().get(placeholder.name()))
                : constant(argument);
        String tag = sample.path("$type").asString("");
        if (!tag.isEmpty()) {
            return comparable(String.valueOf(value), tag);
        }
        return value instanceof Number ? number(value.toString()) : String.valueOf(value);
    }

    private static @Nullable Object constant(@Nullable PlanValue value) {
        return value instanceof PlanValue.Constant(Object constant) ? constant : null;
    }

    private static Object comparable(String text, String tag) {
        try {
            return switch (tag) {
                case "Decimal", "BigInt" -> number(text);
                case "DateTime" -> JsDates.parseMillis(text);
                default -> text;
            };
        } catch (DateFormatException | NumberFormatException e) {
            return text;
        }
    }

    /**
     * Returns a UUID as PostgreSQL writes it. It also accepts capitals, braces, and hyphens after any group of four
     * digits, or none.
     */
    private static String canonical(String uuid) {
        String digits = uuid.replaceAll("[{}-]", "").toLowerCase(Locale.ROOT);
        return digits.length() == UUID_DIGITS
                ? digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")
                : uuid;
    }

    private static Object number(String text) {
        return new BigDecimal(text).stripTrailingZeros();
    }
}
