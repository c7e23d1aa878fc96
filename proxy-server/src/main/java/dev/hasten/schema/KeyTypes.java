package dev.hasten.schema;

import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.plan.DbQuery;
import dev.hasten.protocol.plan.DbQuery.ArgumentType;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The types of the keys of a compacted batch, which the arguments of its statement have. */
final class KeyTypes {
    /** Types whose values can be equal although their texts or dates differ. */
    private static final Set<String> INEXACT =
            Set.of("CHAR", "CITEXT", "INET", "BIT", "VARBIT", "DATE", "TIME", "TIMETZ", "REAL");

    private final Map<String, Set<String>> byPlaceholder = new HashMap<>();

    KeyTypes(ParsedPlan plan) {
        if (firstQuery(plan.plan()) instanceof DbQuery.TemplateSql sql) {
            for (int i = 0; i < sql.arguments().size(); i++) {
                if (sql.arguments().get(i) instanceof PlanValue.Placeholder placeholder
                        && sql.argumentTypes().get(i) instanceof ArgumentType type) {
                    byPlaceholder
                            .computeIfAbsent(placeholder.name(), _ -> new HashSet<>())
                            .add(String.valueOf(type.dbType()));
                }
            }
        }
    }

    /** Returns the query that reads the records; null if the plan has an unknown form. Relations are read after it. */
    private static @Nullable DbQuery firstQuery(PlanNode plan) {
        return switch (plan) {
            case PlanNode.Query(DbQuery query) -> query;
            case PlanNode.DataMap(var node, var _, var _) -> firstQuery(node);
            case PlanNode.ProcessRecords(var node, var _) -> firstQuery(node);
            case PlanNode.Join(var parent, var _, var _) -> firstQuery(parent);
            case PlanNode.Let(var bindings, var _)
            when !bindings.isEmpty() -> firstQuery(bindings.getFirst().expression());
            default -> null;
        };
    }

    /** The names of the PostgreSQL types of a key in all queries; empty if they are unknown. */
    private Set<String> of(String key, List<Map<String, PlanValue>> queries) {
        Set<String> types = new HashSet<>();
        for (Map<String, PlanValue> query : queries) {
            Set<String> known = query.get(key) instanceof PlanValue.Placeholder placeholder
                    ? byPlaceholder.getOrDefault(placeholder.name(), Set.of())
                    : Set.of();
            if (known.isEmpty()) {
                return Set.of();
            }
            types.addAll(known);
        }
        return types;
    }

    boolean isUuid(String key, List<Map<String, PlanValue>> queries) {
        return of(key, queries).equals(Set.of("UUID"));
    }

    /** Whether equal keys have equal values, or are UUIDs. */
    boolean isExact(String key, List<Map<String, PlanValue>> queries) {
        Set<String> types = of(key, queries);
        boolean mixed = types.size() > 1 && types.contains("UUID");
        return !types.isEmpty() && !mixed && types.stream().noneMatch(INEXACT::contains);
    }
}
