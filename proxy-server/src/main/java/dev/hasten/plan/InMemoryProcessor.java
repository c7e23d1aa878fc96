package dev.hasten.plan;

import dev.hasten.protocol.plan.InMemoryOperations;
import dev.hasten.protocol.plan.InMemoryOperations.Pagination;
import dev.hasten.protocol.value.DateFormatException;
import dev.hasten.protocol.value.JsDates;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Applies distinct, pagination and reverse order to rows in memory ({@code interpreter/in-memory-processing.ts}). */
final class InMemoryProcessor {
    private final Bindings bindings;

    InMemoryProcessor(Bindings bindings) {
        this.bindings = bindings;
    }

    @Nullable
    Object process(@Nullable Object value, InMemoryOperations operations) {
        if (value == null || value == Undefined.UNDEFINED) {
            return value;
        }
        if (value instanceof String json) {
            return process(JsValues.parseJson(json, bindings.budget().parsing()), operations);
        }
        List<@Nullable Object> list = JsValues.listOrNull(value);
        return list == null ? one(value, operations) : many(list, operations);
    }

    private @Nullable Object one(Object record, InMemoryOperations operations) {
        Pagination pagination = operations.pagination();
        if (pagination != null) {
            Long skip = pagination.skip();
            Long take = pagination.take();
            Map<String, @Nullable Object> cursor = cursor(pagination);
            if ((skip != null && skip > 0)
                    || (take != null && take == 0)
                    || (cursor != null && !matches(record, cursor))) {
                return null;
            }
        }
        return nested(record, operations);
    }

    private List<@Nullable Object> many(List<@Nullable Object> records, InMemoryOperations operations) {
        List<@Nullable Object> result = records;
        List<String> distinct = operations.distinct();
        List<String> linking = operations.linkingFields();
        if (distinct != null) {
            List<String> fields = new ArrayList<>(distinct);
            if (linking != null) {
                fields.addAll(linking);
            }
            result = distinctBy(result, fields);
        }
        Pagination pagination = operations.pagination();
        if (pagination != null) {
            result = linking == null ? page(result, pagination) : pageByParent(result, pagination, linking);
        }
        if (operations.reverse()) {
            result = new ArrayList<>(result);
            Collections.reverse(result);
        }
        if (!operations.nested().isEmpty()) {
            result.forEach(record -> nested(record, operations));
        }
        return result;
    }

    private @Nullable Object nested(@Nullable Object record, InMemoryOperations operations) {
        operations
                .nested()
                .forEach((field, nested) -> Records.set(record, field, process(Records.get(record, field), nested)));
        return record;
    }

    private List<@Nullable Object> distinctBy(List<@Nullable Object> records, List<String> fields) {
        Set<String> seen = new HashSet<>();
        List<@Nullable Object> result = new ArrayList<>();
        for (Object record : records) {
            bindings.budget().checkpoint();
            if (seen.add(Records.key(record, fields, null))) {
                result.add(record);
            }
        }
        return result;
    }

    /** Paginates the rows of each parent separately. The groups are sorted by their keys as text. */
    private List<@Nullable Object> pageByParent(
            List<@Nullable Object> records, Pagination pagination, List<String> linking) {
        Map<String, List<@Nullable Object>> groups = new TreeMap<>();
        for (Object record : records) {
            bindings.budget().checkpoint();
            groups.computeIfAbsent(Records.key(record, linking, null), _ -> new ArrayList<>())
                    .add(record);
        }
        List<@Nullable Object> result = new ArrayList<>();
        groups.values().forEach(group -> result.addAll(page(group, pagination)));
        return result;
    }

    private List<@Nullable Object> page(List<@Nullable Object> records, Pagination pagination) {
        long start = 0;
        Map<String, @Nullable Object> cursor = cursor(pagination);
        if (cursor != null) {
            while (start < records.size() && !matches(records.get((int) start), cursor)) {
                bindings.budget().checkpoint();
                start++;
            }
            if (start == records.size()) {
                return new ArrayList<>();
            }
        }
        start += pagination.skip() == null ? 0 : pagination.skip();
        long end = pagination.take() == null ? records.size() : start + pagination.take();
        return new ArrayList<>(records.subList(
                slice(start, records.size()), Math.max(slice(start, records.size()), slice(end, records.size()))));
    }

    /** Converts an index of JavaScript's Array.slice, where a negative index counts from the end. */
    private static int slice(long index, int size) {
        return (int) (index < 0 ? Math.max(0, size + index) : Math.min(index, size));
    }

    private @Nullable Map<String, @Nullable Object> cursor(Pagination pagination) {
        if (pagination.cursor() == null) {
            return null;
        }
        Map<String, @Nullable Object> cursor = new LinkedHashMap<>();
        pagination.cursor().forEach((field, value) -> cursor.put(field, bindings.evaluate(value)));
        return cursor;
    }

    private static boolean matches(@Nullable Object record, Map<String, @Nullable Object> cursor) {
        for (Map.Entry<String, @Nullable Object> field : cursor.entrySet()) {
            Object value = Records.get(record, field.getKey());
            if (value != Undefined.UNDEFINED && !equal(value, field.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** Whether a value from the database equals one from the client, which may have another type (doKeysMatch). */
    private static boolean equal(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return left == null && right == null;
        }
        if (left instanceof byte[] bytes) {
            return java.util.Arrays.equals(bytes, asBytes(right));
        }
        if (left instanceof DateValue || right instanceof DateValue) {
            return Objects.equals(asMillis(left), asMillis(right));
        }
        if (left instanceof Number || right instanceof Number) {
            BigDecimal exactLeft = exact(left);
            BigDecimal exactRight = exact(right);
            if (exactLeft != null && exactRight != null) {
                return exactLeft.compareTo(exactRight) == 0;
            }
            return JsValues.toNumber(left) == JsValues.toNumber(right);
        }
        if (left instanceof List<?> || left instanceof Map<?, ?>) {
            return JsValues.stringify(left).equals(JsValues.stringify(right));
        }
        return left.equals(right);
    }

    /** Returns null for a value that is not a decimal number. Large integers that differ may have the same Double. */
    private static @Nullable BigDecimal exact(Object value) {
        try {
            return value instanceof Number || value instanceof String ? new BigDecimal(value.toString()) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static byte @Nullable [] asBytes(Object value) {
        return switch (value) {
            case byte[] bytes -> bytes;
            case String base64 -> decoded(base64);
            default -> null;
        };
    }

    private static @Nullable Long asMillis(Object value) {
        return switch (value) {
            case DateValue date -> date.epochMillis();
            case String text -> millis(text);
            case Number millis -> millis.longValue();
            default -> null;
        };
    }

    /** Returns null for invalid base64, which does not equal any value. */
    private static byte @Nullable [] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Returns null for an invalid date. */
    private static @Nullable Long millis(String text) {
        try {
            return JsDates.parseMillis(text);
        } catch (DateFormatException e) {
            return null;
        }
    }
}
