package dev.hasten.protocol.plan;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanNode.Binding;
import dev.hasten.protocol.plan.PlanNode.DataRule;
import dev.hasten.protocol.plan.PlanNode.FieldInitializer;
import dev.hasten.protocol.plan.PlanNode.FieldOperation;
import dev.hasten.protocol.plan.PlanNode.JoinChild;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Parses the JSON of a query plan.
 *
 * <p>An invalid plan is rejected with an error that states the position and the reason: P6006 for an unknown node type,
 * which means that the client is newer, and P6000 for any other malformed plan.
 */
public final class PlanParser {
    private PlanParser() {}

    /**
     * Parses a plan into a tree.
     *
     * @throws ApiError P6006 for a node, fragment, rule or field type that this version does not support; P6000 for a
     *     malformed plan
     */
    public static PlanNode parse(JsonNode plan) {
        return node(new JsonChecks(plan, "plan"));
    }

    private static PlanNode node(JsonChecks json) {
        String type = json.text("type");
        return switch (type) {
            case "value" -> new PlanNode.Value(PlanValues.of(json.get("args").node()));
            case "seq" -> new PlanNode.Seq(json.get("args").list(PlanParser::node));
            case "get" -> new PlanNode.Get(json.get("args").text("name"));
            case "let" ->
                new PlanNode.Let(
                        json.get("args")
                                .get("bindings")
                                .list(binding -> new Binding(binding.text("name"), node(binding.get("expr")))),
                        node(json.get("args").get("expr")));
            case "getFirstNonEmpty" ->
                new PlanNode.GetFirstNonEmpty(json.get("args").texts("names"));
            case "query" -> new PlanNode.Query(DbQueryParser.parse(json.get("args")));
            case "execute" -> new PlanNode.Execute(DbQueryParser.parse(json.get("args")));
            case "reverse" -> new PlanNode.Reverse(node(json.get("args")));
            case "sum" -> new PlanNode.Sum(json.get("args").list(PlanParser::node));
            case "concat" -> new PlanNode.Concat(json.get("args").list(PlanParser::node));
            case "unique" -> new PlanNode.Unique(node(json.get("args")));
            case "required" -> new PlanNode.Required(node(json.get("args")));
            case "join" -> join(json.get("args"));
            case "mapField" ->
                new PlanNode.MapField(
                        json.get("args").text("field"), node(json.get("args").get("records")));
            case "transaction" -> new PlanNode.Transaction(node(json.get("args")));
            case "dataMap" -> dataMap(json.get("args"));
            case "validate" -> validate(json.get("args"));
            case "if" ->
                new PlanNode.If(
                        node(json.get("args").get("value")),
                        rule(json.get("args").get("rule")),
                        node(json.get("args").get("then")),
                        node(json.get("args").get("else")));
            case "unit" -> new PlanNode.Unit();
            case "diff" ->
                new PlanNode.Diff(
                        node(json.get("args").get("from")),
                        node(json.get("args").get("to")),
                        json.get("args").texts("fields"));
            case "initializeRecord" ->
                new PlanNode.InitializeRecord(
                        node(json.get("args").get("expr")),
                        json.get("args").get("fields").map(PlanParser::initializer));
            case "mapRecord" ->
                new PlanNode.MapRecord(
                        node(json.get("args").get("expr")),
                        json.get("args").get("fields").map(PlanParser::operation));
            case "process" ->
                new PlanNode.ProcessRecords(
                        node(json.get("args").get("expr")),
                        operations(json.get("args").get("operations")));
            default -> throw json.unknown("query plan node type", type);
        };
    }

    private static PlanNode join(JsonChecks args) {
        List<JoinChild> children = args.get("children").list(child -> {
            List<String> parentKeys = new ArrayList<>();
            List<String> childKeys = new ArrayList<>();
            for (JsonChecks pair : child.get("on").list(Function.identity())) {
                List<String> names = pair.list(JsonChecks::text);
                if (names.size() != 2) {
                    throw pair.malformed("must be a pair of column names");
                }
                parentKeys.add(names.get(0));
                childKeys.add(names.get(1));
            }
            return new JoinChild(
                    node(child.get("child")),
                    List.copyOf(parentKeys),
                    List.copyOf(childKeys),
                    child.text("parentField"),
                    child.flag("isRelationUnique"));
        });
        return new PlanNode.Join(node(args.get("parent")), children, args.flag("canAssumeStrictEquality"));
    }

    private static PlanNode dataMap(JsonChecks args) {
        Map<String, Map<String, String>> enums =
                args.has("enums") ? args.get("enums").map(values -> values.map(JsonChecks::text)) : Map.of();
        return new PlanNode.DataMap(node(args.get("expr")), ResultNodeParser.parse(args.get("structure")), enums);
    }

    private static PlanNode validate(JsonChecks args) {
        String identifier = args.text("errorIdentifier");
        ValidationError.Kind kind = args.constant(ValidationError.Kind.class, "error identifier", identifier);
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        args.get("context")
                .map(JsonChecks::node)
                .forEach((name, value) -> context.put(name, PlanValues.constant(value)));
        return new PlanNode.Validate(
                node(args.get("expr")), args.get("rules").list(PlanParser::rule), new ValidationError(kind, context));
    }

    private static DataRule rule(JsonChecks json) {
        String type = json.text("type");
        return switch (type) {
            case "rowCountEq" -> new DataRule.RowCountEq(json.number("args"));
            case "rowCountNeq" -> new DataRule.RowCountNeq(json.number("args"));
            case "affectedRowCountEq" -> new DataRule.AffectedRowCountEq(json.number("args"));
            case "never" -> new DataRule.Never();
            default -> throw json.unknown("data rule", type);
        };
    }

    private static FieldInitializer initializer(JsonChecks json) {
        String type = json.text("type");
        return switch (type) {
            case "value" ->
                new FieldInitializer.Of(PlanValues.of(json.get("value").node()));
            case "lastInsertId" -> new FieldInitializer.LastInsertId();
            default -> throw json.unknown("field initializer", type);
        };
    }

    private static FieldOperation operation(JsonChecks json) {
        String type = json.text("type");
        return new FieldOperation(
                json.constant(FieldOperation.Kind.class, "field operation", type.toUpperCase(Locale.ROOT)),
                PlanValues.of(json.get("value").node()));
    }

    private static InMemoryOperations operations(JsonChecks json) {
        InMemoryOperations.@Nullable Pagination pagination = null;
        if (json.has("pagination")) {
            JsonChecks node = json.get("pagination");
            pagination = new InMemoryOperations.Pagination(
                    node.has("cursor") ? node.get("cursor").map(value -> PlanValues.of(value.node())) : null,
                    node.has("take") ? node.number("take") : null,
                    node.has("skip") ? node.number("skip") : null);
        }
        return new InMemoryOperations(
                pagination,
                json.has("distinct") ? json.texts("distinct") : null,
                json.has("reverse") && json.flag("reverse"),
                json.has("linkingFields") ? json.texts("linkingFields") : null,
                json.has("nested") ? json.get("nested").map(PlanParser::operations) : Map.of());
    }
}
