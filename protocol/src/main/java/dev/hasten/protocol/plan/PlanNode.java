package dev.hasten.protocol.plan;

import java.util.List;
import java.util.Map;

/**
 * A node of a query plan. Source of the family and its meaning: {@code client-engine-runtime/src/query-plan.ts} and
 * {@code interpreter/query-interpreter.ts} of Prisma 7. Every node evaluates to a value; the interpreter of the
 * proxy-server says to which.
 */
public sealed interface PlanNode {

    /** A literal, a parameter or a generator call. */
    record Value(PlanValue value) implements PlanNode {}

    /** All nodes in order; the value of the last. */
    record Seq(List<PlanNode> nodes) implements PlanNode {}

    /** The value of a binding. */
    record Get(String name) implements PlanNode {}

    /** The body's value, with the bindings in scope; a later binding sees the earlier ones. */
    record Let(List<Binding> bindings, PlanNode body) implements PlanNode {}

    /** A name for the value of an expression. */
    record Binding(String name, PlanNode expression) {}

    /** The first of the bindings that is not null and not an empty list; else an empty list. */
    record GetFirstNonEmpty(List<String> names) implements PlanNode {}

    /** The rows of a statement. */
    record Query(DbQuery query) implements PlanNode {}

    /** The number of rows that a statement changed. */
    record Execute(DbQuery query) implements PlanNode {}

    /** The rows in reverse order. */
    record Reverse(PlanNode node) implements PlanNode {}

    /** The sum of the values. */
    record Sum(List<PlanNode> nodes) implements PlanNode {}

    /** The values, lists among them flattened by one level, as one list. */
    record Concat(List<PlanNode> nodes) implements PlanNode {}

    /** The only row, or null; more than one row is an error. */
    record Unique(PlanNode node) implements PlanNode {}

    /** The value, which must be neither null nor an empty list. */
    record Required(PlanNode node) implements PlanNode {}

    /**
     * The parent rows, each with the child rows that match it.
     *
     * @param strictEquality the join keys of both sides have the same types, so that no casts are needed
     */
    record Join(PlanNode parent, List<JoinChild> children, boolean strictEquality) implements PlanNode {}

    /** One relation of a {@link Join}: pairs of parent and child columns, and where the children go. */
    record JoinChild(
            PlanNode child, List<String> parentKeys, List<String> childKeys, String parentField, boolean unique) {}

    /** One field of every row. */
    record MapField(String field, PlanNode records) implements PlanNode {}

    /** The node, in a database transaction unless one is open already. */
    record Transaction(PlanNode node) implements PlanNode {}

    /** The rows in the shape of the answer. */
    record DataMap(PlanNode node, ResultNode structure, Map<String, Map<String, String>> enums) implements PlanNode {}

    /** The value, which must satisfy the rules. */
    record Validate(PlanNode node, List<DataRule> rules, ValidationError error) implements PlanNode {}

    /** One of two branches. */
    record If(PlanNode value, DataRule rule, PlanNode then, PlanNode otherwise) implements PlanNode {}

    /** No value. */
    record Unit() implements PlanNode {}

    /** The rows of {@code from} that have no equal in {@code to}, compared by the fields. */
    record Diff(PlanNode from, PlanNode to, List<String> fields) implements PlanNode {}

    /** A new record. */
    record InitializeRecord(PlanNode node, Map<String, FieldInitializer> fields) implements PlanNode {}

    /** The record with some fields changed. */
    record MapRecord(PlanNode node, Map<String, FieldOperation> fields) implements PlanNode {}

    /** The rows after in-memory distinct, pagination and ordering. */
    record ProcessRecords(PlanNode node, InMemoryOperations operations) implements PlanNode {}

    /** How a field of a new record gets its value. */
    sealed interface FieldInitializer {
        /** A value of the plan. */
        record Of(PlanValue value) implements FieldInitializer {}

        /** The id that the database made; PostgreSQL reports none, so the field has no value. */
        record LastInsertId() implements FieldInitializer {}
    }

    /** How a field of a record changes. */
    record FieldOperation(Kind kind, PlanValue value) {
        /** The arithmetic of Prisma's number updates; a division by zero gives null. */
        public enum Kind {
            SET,
            ADD,
            SUBTRACT,
            MULTIPLY,
            DIVIDE
        }
    }

    /** What a value must be like. */
    sealed interface DataRule {
        /** A list of so many rows; null counts as none, any other value as one. */
        record RowCountEq(long count) implements DataRule {}

        /** Not so many rows. */
        record RowCountNeq(long count) implements DataRule {}

        /** A number of affected rows. */
        record AffectedRowCountEq(long count) implements DataRule {}

        /** Nothing satisfies it. */
        record Never() implements DataRule {}
    }
}
