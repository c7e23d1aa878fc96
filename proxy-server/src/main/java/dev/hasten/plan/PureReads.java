package dev.hasten.plan;

import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import dev.hasten.postgres.DateTimeInput;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.protocol.plan.DbQuery;
import dev.hasten.protocol.plan.DbQuery.Fragment;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanNode.FieldInitializer;
import dev.hasten.protocol.plan.PlanValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a plan only reads, and which statements it can run. Uses the nodes and statements of the plan, not
 * the operation that the request claims to be. Whether the statements themselves only read is proved by
 * {@link dev.hasten.proof.Proofs}, because it depends on the database; texts that Prisma's query compiler would not
 * generate are excluded here already.
 *
 * <p>A plan that is not understood is treated as one that writes.
 */
public final class PureReads {
    private static final Uncached WRITES = new Uncached(Reason.NOT_A_READ, "has a plan that writes");
    private static final Uncached RAW = new Uncached(Reason.RAW_SQL, "is raw SQL, which can do anything");
    private static final Uncached GENERATED = new Uncached(Reason.GENERATED_VALUE, "has a plan that generates values");
    private static final Uncached UNKNOWN =
            new Uncached(Reason.NOT_PROVED, "has a statement that Prisma's query compiler does not generate");

    private final List<ParsedStatement> statements = new ArrayList<>();
    private @Nullable Uncached uncached;
    private boolean namesClock;

    private PureReads() {}

    /** Analyzes a plan. The cost is proportional to the size of the plan and its SQL. */
    static PureReads of(PlanNode plan) {
        PureReads reads = new PureReads();
        reads.node(plan);
        return reads;
    }

    /** Why the result must not be cached; null if the plan only reads, provided that its statements do. */
    public @Nullable Uncached uncached() {
        return uncached;
    }

    /** The statements of the plan, with two elements in each list. Complete only if {@link #uncached} is null. */
    List<ParsedStatement> statements() {
        return statements;
    }

    /** Whether a constant of the plan could mean the current time, such as {@code now}. */
    boolean namesClock() {
        return namesClock;
    }

    /** Whether the values are the same for every run; generated values such as UUIDs and the current time are not. */
    static boolean areFixed(Collection<PlanValue> values) {
        return values.stream().allMatch(PureReads::isFixed);
    }

    private static boolean isFixed(PlanValue value) {
        return switch (value) {
            case PlanValue.Constant _, PlanValue.Placeholder _ -> true;
            case PlanValue.GeneratorCall _ -> false;
            case PlanValue.ListOf(var elements) -> areFixed(elements);
        };
    }

    /** Whether a value could mean the current time, if PostgreSQL converts it to a date or time. */
    static boolean nameClock(Collection<PlanValue> values) {
        return values.stream().anyMatch(PureReads::namesClock);
    }

    private static boolean namesClock(PlanValue value) {
        return switch (value) {
            case PlanValue.Constant(var constant) ->
                constant != null && DateTimeInput.dependsOnClock(constant.toString());
            case PlanValue.ListOf(var elements) -> nameClock(elements);
            case PlanValue.Placeholder _, PlanValue.GeneratorCall _ -> false;
        };
    }

    private void reject(Uncached found) {
        uncached = uncached == null ? found : uncached.or(found);
    }

    private void node(PlanNode plan) {
        switch (plan) {
            case PlanNode.Execute(DbQuery query) -> reject(query instanceof DbQuery.RawSql ? RAW : WRITES);
            case PlanNode.Transaction _ -> reject(WRITES);
            case PlanNode.Query(DbQuery query) -> query(query);
            case PlanNode.Value(PlanValue value) -> value(value);
            case PlanNode.Get _, PlanNode.GetFirstNonEmpty _, PlanNode.Unit _ -> {}
            case PlanNode.Seq(var nodes) -> nodes.forEach(this::node);
            case PlanNode.Sum(var nodes) -> nodes.forEach(this::node);
            case PlanNode.Concat(var nodes) -> nodes.forEach(this::node);
            case PlanNode.Let(var bindings, var body) -> {
                bindings.forEach(binding -> node(binding.expression()));
                node(body);
            }
            case PlanNode.Reverse(var node) -> node(node);
            case PlanNode.Unique(var node) -> node(node);
            case PlanNode.Required(var node) -> node(node);
            case PlanNode.Join(var parent, var children, var _) -> {
                node(parent);
                children.forEach(child -> node(child.child()));
            }
            case PlanNode.MapField(var _, var records) -> node(records);
            case PlanNode.DataMap(var node, var _, var _) -> node(node);
            case PlanNode.Validate(var node, var _, var _) -> node(node);
            case PlanNode.If(var value, var _, var then, var otherwise) -> {
                node(value);
                node(then);
                node(otherwise);
            }
            case PlanNode.Diff(var from, var to, var _) -> {
                node(from);
                node(to);
            }
            case PlanNode.InitializeRecord(var node, var fields) -> {
                node(node);
                fields.values().forEach(this::initializer);
            }
            case PlanNode.MapRecord(var node, var fields) -> {
                node(node);
                fields.values().forEach(field -> value(field.value()));
            }
            case PlanNode.ProcessRecords(var node, var _) -> node(node);
        }
    }

    private void value(PlanValue value) {
        if (!isFixed(value)) {
            reject(GENERATED);
        }
    }

    private void initializer(FieldInitializer initializer) {
        switch (initializer) {
            case FieldInitializer.Of(PlanValue value) -> value(value);
            case FieldInitializer.LastInsertId _ -> reject(WRITES);
        }
    }

    private void query(DbQuery query) {
        switch (query) {
            case DbQuery.RawSql _ -> reject(RAW);
            case DbQuery.TemplateSql template -> template(template);
        }
    }

    private void template(DbQuery.TemplateSql template) {
        template.arguments().forEach(this::value);
        namesClock |= nameClock(template.arguments());
        boolean numbered = template.placeholders().prefix().equals("$")
                && template.placeholders().numbered();
        Optional<String> sql = numbered ? sample(template).filter(SelectScanner::isPureSelect) : Optional.empty();
        sql.ifPresentOrElse(text -> statements.add(ParsedStatement.of(text)), () -> reject(UNKNOWN));
    }

    /**
     * Renders the statement with two elements in each list, so that it contains all pieces of the template that can be
     * adjacent. A different number of elements only makes parentheses adjacent to each other or to the text around
     * them. Returns nothing if repetition could change the meaning of the text.
     */
    private static Optional<String> sample(DbQuery.TemplateSql template) {
        StringBuilder sql = new StringBuilder();
        int parameters = 0;
        for (Fragment fragment : template.fragments()) {
            switch (fragment) {
                case Fragment.Text(String text) -> sql.append(text);
                case Fragment.Parameter() -> sql.append('$').append(++parameters);
                case Fragment.ParameterTuple(String prefix, String separator, String suffix) -> {
                    if (!areRepeatable(prefix, separator, suffix)) {
                        return Optional.empty();
                    }
                    sql.append('(')
                            .append(prefix)
                            .append('$')
                            .append(++parameters)
                            .append(suffix);
                    sql.append(separator);
                    sql.append(prefix)
                            .append('$')
                            .append(++parameters)
                            .append(suffix)
                            .append(')');
                }
                case Fragment.ParameterTupleList(String prefix, String separator, String suffix, String groups) -> {
                    // Without parentheses around the tuple, an empty tuple would make the text on both sides adjacent.
                    boolean enclosed = prefix.startsWith("(") && suffix.endsWith(")");
                    if (!enclosed || !areRepeatable(prefix, separator, suffix, groups)) {
                        return Optional.empty();
                    }
                    for (int tuple = 0; tuple < 2; tuple++) {
                        sql.append(tuple == 0 ? "" : groups).append(prefix);
                        sql.append('$').append(++parameters).append(separator);
                        sql.append('$').append(++parameters).append(suffix);
                    }
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
