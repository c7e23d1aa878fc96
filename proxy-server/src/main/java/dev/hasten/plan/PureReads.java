package dev.hasten.plan;

import dev.hasten.protocol.plan.DbQuery;
import dev.hasten.protocol.plan.DbQuery.Fragment;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanNode.FieldInitializer;
import dev.hasten.protocol.plan.PlanValue;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Proves that a plan only reads, and that it returns the same result as long as the data does not change. Only such
 * results may be cached. The proof uses the nodes and statements of the plan, not the operation that the request claims
 * to be.
 *
 * <p>The proof is conservative: a plan that it does not understand is treated as one that writes.
 */
public final class PureReads {
    private PureReads() {}

    /** Whether the plan is proved to be a pure read. The cost is proportional to the size of the plan and its SQL. */
    public static boolean isPureRead(PlanNode plan) {
        return switch (plan) {
            case PlanNode.Execute _, PlanNode.Transaction _ -> false;
            case PlanNode.Query(DbQuery query) -> isPureRead(query);
            case PlanNode.Value(PlanValue value) -> isFixed(value);
            case PlanNode.Get _, PlanNode.GetFirstNonEmpty _, PlanNode.Unit _ -> true;
            case PlanNode.Seq(var nodes) -> areAllPureReads(nodes);
            case PlanNode.Sum(var nodes) -> areAllPureReads(nodes);
            case PlanNode.Concat(var nodes) -> areAllPureReads(nodes);
            case PlanNode.Let(var bindings, var body) ->
                bindings.stream().allMatch(binding -> isPureRead(binding.expression())) && isPureRead(body);
            case PlanNode.Reverse(var node) -> isPureRead(node);
            case PlanNode.Unique(var node) -> isPureRead(node);
            case PlanNode.Required(var node) -> isPureRead(node);
            case PlanNode.Join(var parent, var children, var _) ->
                isPureRead(parent) && children.stream().allMatch(child -> isPureRead(child.child()));
            case PlanNode.MapField(var _, var records) -> isPureRead(records);
            case PlanNode.DataMap(var node, var _, var _) -> isPureRead(node);
            case PlanNode.Validate(var node, var _, var _) -> isPureRead(node);
            case PlanNode.If(var value, var _, var then, var otherwise) ->
                isPureRead(value) && isPureRead(then) && isPureRead(otherwise);
            case PlanNode.Diff(var from, var to, var _) -> isPureRead(from) && isPureRead(to);
            case PlanNode.InitializeRecord(var node, var fields) ->
                isPureRead(node) && fields.values().stream().allMatch(PureReads::isFixed);
            case PlanNode.MapRecord(var node, var fields) ->
                isPureRead(node) && fields.values().stream().allMatch(field -> isFixed(field.value()));
            case PlanNode.ProcessRecords(var node, var _) -> isPureRead(node);
        };
    }

    /** Whether the values are the same for every run; generated values such as UUIDs and the current time are not. */
    public static boolean areFixed(Collection<PlanValue> values) {
        return values.stream().allMatch(PureReads::isFixed);
    }

    private static boolean isFixed(PlanValue value) {
        return switch (value) {
            case PlanValue.Constant _, PlanValue.Placeholder _ -> true;
            case PlanValue.GeneratorCall _ -> false;
            case PlanValue.ListOf(var elements) -> areFixed(elements);
        };
    }

    private static boolean isFixed(FieldInitializer initializer) {
        return switch (initializer) {
            case FieldInitializer.Of(PlanValue value) -> isFixed(value);
            case FieldInitializer.LastInsertId _ -> false;
        };
    }

    private static boolean areAllPureReads(Collection<PlanNode> nodes) {
        return nodes.stream().allMatch(PureReads::isPureRead);
    }

    private static boolean isPureRead(DbQuery query) {
        return switch (query) {
            // Raw SQL can do anything.
            case DbQuery.RawSql _ -> false;
            case DbQuery.TemplateSql template ->
                areFixed(template.arguments())
                        && template.placeholders().prefix().equals("$")
                        && template.placeholders().numbered()
                        && sample(template).filter(SelectScanner::isPureSelect).isPresent();
        };
    }

    /**
     * Renders the statement with two elements in each list, so that it contains all pieces of the template that can be
     * adjacent. A different number of elements only makes parentheses adjacent to each other or to the text around
     * them. Returns nothing if repetition could change the meaning of the text.
     */
    private static Optional<String> sample(DbQuery.TemplateSql template) {
        StringBuilder sql = new StringBuilder();
        for (Fragment fragment : template.fragments()) {
            switch (fragment) {
                case Fragment.Text(String text) -> sql.append(text);
                case Fragment.Parameter() -> sql.append("$1");
                case Fragment.ParameterTuple(String prefix, String separator, String suffix) -> {
                    if (!areRepeatable(prefix, separator, suffix)) {
                        return Optional.empty();
                    }
                    String element = prefix + "$1" + suffix;
                    sql.append('(')
                            .append(element)
                            .append(separator)
                            .append(element)
                            .append(')');
                }
                case Fragment.ParameterTupleList(String prefix, String separator, String suffix, String groups) -> {
                    // Without parentheses around the tuple, an empty tuple would make the text on both sides adjacent.
                    boolean enclosed = prefix.startsWith("(") && suffix.endsWith(")");
                    if (!enclosed || !areRepeatable(prefix, separator, suffix, groups)) {
                        return Optional.empty();
                    }
                    String tuple = prefix + "$1" + separator + "$1" + suffix;
                    sql.append(tuple).append(groups).append(tuple);
                }
            }
        }
        return Optional.of(sql.toString());
    }

    /** Whether the pieces consist of harmless characters; others could, for example, close a quote when repeated. */
    private static boolean areRepeatable(String... pieces) {
        return Stream.of(pieces)
                .flatMapToInt(String::chars)
                .allMatch(c -> c == '(' || c == ')' || c == ',' || c == ' ' || (c >= 'A' && c <= 'Z'));
    }
}
