package dev.hasten.proof;

import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads a plan in the JSON format of EXPLAIN VERBOSE. */
final class PlanReader {
    /** The nodes of reads: all except those that write, lock or sample rows, or belong to an extension. */
    private static final Set<String> READS = Set.of(
            "Result",
            "ProjectSet",
            "Append",
            "Merge Append",
            "Recursive Union",
            "BitmapAnd",
            "BitmapOr",
            "Nested Loop",
            "Merge Join",
            "Hash Join",
            "Seq Scan",
            "Index Scan",
            "Index Only Scan",
            "Bitmap Index Scan",
            "Bitmap Heap Scan",
            "Tid Scan",
            "Tid Range Scan",
            "Subquery Scan",
            "Function Scan",
            "Table Function Scan",
            "Values Scan",
            "CTE Scan",
            "WorkTable Scan",
            "Foreign Scan",
            "Gather",
            "Gather Merge",
            "Materialize",
            "Memoize",
            "Sort",
            "Incremental Sort",
            "Group",
            "Aggregate",
            "WindowAgg",
            "Unique",
            "SetOp",
            "Limit",
            "Hash");

    /** Members of a plan node that contain names or terms of EXPLAIN, not expressions. */
    private static final Set<String> DESCRIPTIONS = Set.of(
            "Alias",
            "CTE Name",
            "Command",
            "Conflict Resolution",
            "Function Name",
            "Index Name",
            "Join Type",
            "Node Type",
            "Operation",
            "Parent Relationship",
            "Partial Mode",
            "Relation Name",
            "Scan Direction",
            "Schema",
            "Strategy",
            "Subplan Name",
            "Table Function Name",
            "Target Tables",
            "Tuplestore Name");

    private final NameCollector names;
    private final Set<Operation> operations = new HashSet<>();
    private @Nullable Uncached uncached;

    /** What a statement does with rows of its targets. */
    enum Operation {
        INSERT,
        UPDATE,
        DELETE
    }

    /** @param names receives the names in expressions */
    PlanReader(NameCollector names) {
        this.names = names;
    }

    /** Returns what the plan writes; empty if it only reads. */
    Set<Operation> operations() {
        return operations;
    }

    /** Returns why the result must not be cached, as far as the nodes show it; null if there is no such reason. */
    @Nullable
    Uncached uncached() {
        return uncached;
    }

    void read(JsonNode node) {
        String type = node.path("Node Type").asString("");
        if (type.equals("ModifyTable")) {
            modifies(node);
        } else if (type.equals("LockRows")) {
            reject(Reason.NOT_A_READ, "locks rows: its plan has the node LockRows");
        } else if (type.equals("Sample Scan")) {
            reject(Reason.RANDOM, "has the plan node Sample Scan");
        } else if (!READS.contains(type)) {
            reject(Reason.NOT_PROVED, "has the plan node " + type + ", which is not allowed");
        }
        String schema = node.path("Schema").asString("");
        if (node.has("Relation Name") && (schema.equals("information_schema") || schema.startsWith("pg_"))) {
            if (schema.startsWith("pg_temp")) {
                reject(Reason.SESSION, "uses a temporary table");
            } else {
                reject(Reason.CATALOG, "uses a system catalog");
            }
        }
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (!DESCRIPTIONS.contains(member.getKey()) && !member.getKey().equals("Plans")) {
                expressions(member.getValue());
            }
        }
        node.path("Plans").forEach(this::read);
    }

    private void modifies(JsonNode node) {
        reject(Reason.NOT_A_READ, "writes");
        switch (node.path("Operation").asString("")) {
            case "Insert" -> operations.add(Operation.INSERT);
            case "Update" -> operations.add(Operation.UPDATE);
            case "Delete" -> operations.add(Operation.DELETE);
            // MERGE
            default -> operations.addAll(Set.of(Operation.values()));
        }
        if (node.path("Conflict Resolution").asString("").equals("UPDATE")) {
            operations.add(Operation.UPDATE);
        }
    }

    private void reject(Reason reason, String detail) {
        Uncached found = new Uncached(reason, detail);
        uncached = uncached == null ? found : uncached.or(found);
    }

    /** Collects names from expressions, which are strings in possibly nested lists and objects. */
    private void expressions(JsonNode value) {
        if (value.isString()) {
            names.collect(value.stringValue());
        } else {
            value.forEach(this::expressions);
        }
    }
}
