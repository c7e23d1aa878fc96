package dev.hasten.plan;

import dev.hasten.plan.Records.KeyCast;
import dev.hasten.protocol.plan.PlanNode.JoinChild;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attaches the child rows of a join to their parents (attachChildrenToParents of {@code query-interpreter.ts}). */
final class Joins {
    private Joins() {}

    /**
     * Attaches the children to the parents, which are modified.
     *
     * @param strictEquality whether the keys of parents and children have the same types
     */
    static void attach(
            @Nullable Object parents,
            JoinChild join,
            @Nullable Object children,
            boolean strictEquality,
            Budget budget) {
        List<@Nullable Object> parentRows = JsValues.asList(parents);
        budget.elements(parentRows.size());
        Map<String, List<Object>> byKey = new HashMap<>();
        for (Object parent : parentRows) {
            if (!Records.isRecord(parent)) {
                throw new PlanFailure("Expected object, got " + JsValues.typeOf(parent));
            }
            budget.checkpoint();
            byKey.computeIfAbsent(Records.key(parent, join.parentKeys(), null), _ -> new ArrayList<>())
                    .add(parent);
            Records.set(parent, join.parentField(), join.unique() ? null : new ArrayList<>());
        }
        KeyCast[] casts = strictEquality ? null : casts(parentRows, join.parentKeys());
        for (Object child : JsValues.asList(children)) {
            if (child == null) {
                continue;
            }
            List<Object> matching = byKey.getOrDefault(Records.key(child, join.childKeys(), casts), List.of());
            budget.elements(matching.size());
            for (Object parent : matching) {
                if (join.unique()) {
                    Records.set(parent, join.parentField(), child);
                } else {
                    JsValues.asList(Records.get(parent, join.parentField())).add(child);
                }
            }
        }
    }

    /** Determines the type of each parent key from the first row that has a value for it. */
    private static KeyCast[] casts(List<@Nullable Object> parents, List<String> keys) {
        KeyCast[] casts = new KeyCast[keys.size()];
        int missing = keys.size();
        for (Object parent : parents) {
            for (int i = 0; i < casts.length; i++) {
                if (casts[i] == null) {
                    casts[i] = castTo(Records.get(parent, keys.get(i)));
                    missing -= casts[i] == null ? 0 : 1;
                }
            }
            if (missing == 0) {
                break;
            }
        }
        return casts;
    }

    private static @Nullable KeyCast castTo(@Nullable Object value) {
        return switch (value) {
            case Number _ -> KeyCast.NUMBER;
            case String _ -> KeyCast.STRING;
            case Boolean _ -> KeyCast.BOOLEAN;
            case null, default -> null;
        };
    }
}
