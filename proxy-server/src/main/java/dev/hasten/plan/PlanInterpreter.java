package dev.hasten.plan;

import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.ColumnType;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.ParsedStatements;
import dev.hasten.postgres.Rows;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.prisma.DataFrame;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.DbQuery;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanNode.DataRule;
import dev.hasten.protocol.plan.PlanNode.FieldInitializer;
import dev.hasten.protocol.plan.PlanNode.FieldOperation;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.value.Generators;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Executes query plans. Every node has the same semantics as in {@code interpreter/query-interpreter.ts} of Prisma 7,
 * except that nodes which Prisma evaluates in parallel run one after the other, because a request has one connection.
 */
public final class PlanInterpreter {
    private final ParsedStatements texts = new ParsedStatements();

    /**
     * The request that a plan runs for.
     *
     * @param observer receives the statements of the plan
     * @param cancellation stops the plan
     * @param maxResponseBytes maximum size of the JSON in bytes
     */
    public record Environment(StatementObserver observer, Cancellation cancellation, long maxResponseBytes) {}

    /**
     * A run of a plan.
     *
     * @param parameters values for the plan's placeholders
     * @param comment appended to every statement, starts with a space; empty for none
     */
    record Run(
            Map<String, PlanValue> parameters,
            Generators generators,
            Statements statements,
            Environment environment,
            String comment) {}

    /**
     * Returns the plan's value as JSON, or null if it has no value.
     *
     * @throws ApiError an error for the client
     * @throws PlanFailure if the plan cannot be executed
     * @throws dev.hasten.deadline.CancelledException if the request must stop
     */
    @Nullable
    JsonBuffer run(PlanNode plan, Run run) {
        try {
            return ScopedValue.where(PlanMemory.RUNNING, run.environment().cancellation())
                    .call(() -> evaluated(plan, run));
        } catch (StackOverflowError e) {
            throw ApiError.of(
                    422,
                    "P6009",
                    "The query plan creates values that are nested too deeply. Use fewer levels of nested"
                            + " relations or JSON");
        }
    }

    private @Nullable JsonBuffer evaluated(PlanNode plan, Run run) {
        Evaluation evaluation = new Evaluation(run);
        Object value = evaluation.evaluate(
                plan,
                new Bindings(
                        run.parameters(),
                        run.generators(),
                        new Budget(run.environment().cancellation())));
        return switch (value) {
            case Undefined _ -> null;
            case SeveralRows several -> throw several.failure();
            case JsonFragment fragment -> fragment.json();
            case null, default -> {
                JsonBuffer out = evaluation.newBuffer();
                JsValues.write(out, value);
                yield out;
            }
        };
    }

    private final class Evaluation {
        private final Run run;

        Evaluation(Run run) {
            this.run = run;
        }

        JsonBuffer newBuffer() {
            return new JsonBuffer(
                    run.environment().maxResponseBytes(),
                    DataFrame.HEADROOM,
                    run.environment().cancellation());
        }

        @Nullable
        Object evaluate(PlanNode node, Bindings bindings) {
            bindings.budget().elements(1);
            return switch (node) {
                case PlanNode.Value value -> JsValues.mutable(bindings.evaluate(value.value()), bindings.budget());
                case PlanNode.Seq seq -> sequence(seq, bindings);
                case PlanNode.Get get -> bindings.get(get.name());
                case PlanNode.Let let -> let(let, bindings);
                case PlanNode.GetFirstNonEmpty get -> firstNonEmpty(get.names(), bindings);
                case PlanNode.Query query -> query(query.query(), bindings);
                case PlanNode.Execute execute -> execute(execute.query(), bindings);
                case PlanNode.Reverse reverse -> reversed(value(reverse.node(), bindings));
                case PlanNode.Sum sum -> sum(sum.nodes(), bindings);
                case PlanNode.Concat concat -> concat(concat.nodes(), bindings);
                case PlanNode.Unique unique -> unique(value(unique.node(), bindings));
                case PlanNode.Required required -> required(value(required.node(), bindings));
                case PlanNode.Join join -> join(join, bindings);
                case PlanNode.MapField map ->
                    mapField(oneOrSeveral(map.records(), bindings), map.field(), bindings.budget());
                case PlanNode.Transaction transaction ->
                    run.statements().inTransaction(() -> evaluate(transaction.node(), bindings));
                case PlanNode.DataMap map ->
                    DataMapper.map(
                            value(map.node(), bindings), map.structure(), map.enums(), newBuffer(), bindings.budget());
                case PlanNode.Validate validate -> validate(validate, bindings);
                case PlanNode.If choice ->
                    satisfies(oneOrSeveral(choice.value(), bindings), choice.rule())
                            ? evaluate(choice.then(), bindings)
                            : evaluate(choice.otherwise(), bindings);
                case PlanNode.Unit _ -> Undefined.UNDEFINED;
                case PlanNode.Diff diff -> diff(diff, bindings);
                case PlanNode.ProcessRecords process ->
                    new InMemoryProcessor(bindings).process(value(process.node(), bindings), process.operations());
                case PlanNode.InitializeRecord initialize -> initialize(initialize, bindings);
                case PlanNode.MapRecord map -> mapRecord(map, bindings);
            };
        }

        /** Returns a node's value for use by another node. A data map's JSON is parsed again. */
        private @Nullable Object value(PlanNode node, Bindings bindings) {
            Object value = oneOrSeveral(node, bindings);
            if (value instanceof SeveralRows several) {
                throw several.failure();
            }
            return value;
        }

        /** Returns a node's value for a rule, a binding or a list of keys; it may be several rows instead of one. */
        private @Nullable Object oneOrSeveral(PlanNode node, Bindings bindings) {
            Object value = evaluate(node, bindings);
            return value instanceof JsonFragment fragment ? fragment.parse(bindings.budget()) : value;
        }

        private @Nullable Object sequence(PlanNode.Seq seq, Bindings bindings) {
            Object result = Undefined.UNDEFINED;
            for (PlanNode node : seq.nodes()) {
                result = evaluate(node, bindings);
            }
            return result;
        }

        private @Nullable Object let(PlanNode.Let let, Bindings bindings) {
            Bindings inner = bindings.inner();
            for (PlanNode.Binding binding : let.bindings()) {
                inner.bind(binding.name(), oneOrSeveral(binding.expression(), inner));
            }
            return evaluate(let.body(), inner);
        }

        private Object concat(List<PlanNode> nodes, Bindings bindings) {
            List<@Nullable Object> result = new ArrayList<>();
            for (PlanNode node : nodes) {
                List<@Nullable Object> part = JsValues.asList(value(node, bindings));
                bindings.budget().elements(part.size());
                result.addAll(part);
            }
            return result;
        }

        private @Nullable Object sum(List<PlanNode> nodes, Bindings bindings) {
            if (nodes.size() == 1) {
                return value(nodes.getFirst(), bindings);
            }
            double sum = 0;
            for (PlanNode node : nodes) {
                sum += JsValues.asNumber(value(node, bindings));
            }
            return JsValues.number(sum);
        }

        private @Nullable Object join(PlanNode.Join join, Bindings bindings) {
            Object parent = value(join.parent(), bindings);
            if (parent == null) {
                return null;
            }
            for (PlanNode.JoinChild child : join.children()) {
                Joins.attach(parent, child, value(child.child(), bindings), join.strictEquality(), bindings.budget());
            }
            return parent;
        }

        private @Nullable Object validate(PlanNode.Validate validate, Bindings bindings) {
            Object value = oneOrSeveral(validate.node(), bindings);
            for (DataRule rule : validate.rules()) {
                if (!satisfies(value, rule)) {
                    throw validate.error().toApiError(found(value));
                }
            }
            return value;
        }

        private Object diff(PlanNode.Diff diff, Bindings bindings) {
            List<@Nullable Object> from = JsValues.asList(value(diff.from(), bindings));
            Set<@Nullable String> to = new HashSet<>();
            for (Object record : JsValues.asList(value(diff.to(), bindings))) {
                bindings.budget().checkpoint();
                to.add(record == null ? null : Records.key(record, diff.fields(), null));
            }
            List<@Nullable Object> result = new ArrayList<>();
            for (Object record : from) {
                bindings.budget().checkpoint();
                if (!to.contains(record == null ? null : Records.key(record, diff.fields(), null))) {
                    result.add(record);
                }
            }
            return result;
        }

        private Object initialize(PlanNode.InitializeRecord initialize, Bindings bindings) {
            evaluate(initialize.node(), bindings);
            bindings.budget().elements(initialize.fields().size());
            Map<String, @Nullable Object> record = new LinkedHashMap<>();
            initialize
                    .fields()
                    .forEach((name, initializer) -> record.put(
                            name,
                            switch (initializer) {
                                case FieldInitializer.Of of -> bindings.evaluate(of.value());
                                case FieldInitializer.LastInsertId _ -> Undefined.UNDEFINED;
                            }));
            return record;
        }

        private Object mapRecord(PlanNode.MapRecord map, Bindings bindings) {
            Object value = value(map.node(), bindings);
            Object record = value == null ? new LinkedHashMap<String, @Nullable Object>() : value;
            map.fields().forEach((name, operation) -> {
                bindings.budget().elements(1);
                Records.set(record, name, changed(Records.get(record, name), operation, bindings));
            });
            return record;
        }

        private @Nullable Object changed(@Nullable Object value, FieldOperation operation, Bindings bindings) {
            Object operand = bindings.evaluate(operation.value());
            if (operation.kind() == FieldOperation.Kind.SET) {
                return operand;
            }
            double left = JsValues.asNumber(value);
            double right = JsValues.asNumber(operand);
            return switch (operation.kind()) {
                case SET -> operand;
                case ADD -> JsValues.number(left + right);
                case SUBTRACT -> JsValues.number(left - right);
                case MULTIPLY -> JsValues.number(left * right);
                case DIVIDE -> right == 0 ? null : JsValues.number(left / right);
            };
        }

        private Object execute(DbQuery query, Bindings bindings) {
            List<QueryRenderer.Rendered> statements = QueryRenderer.render(query, bindings);
            return inChunkTransaction(statements.size(), () -> {
                long affected = 0;
                for (QueryRenderer.Rendered statement : statements) {
                    affected += execute(statement, query).rowCount();
                }
                return affected;
            });
        }

        private Object query(DbQuery query, Bindings bindings) {
            List<QueryRenderer.Rendered> statements = QueryRenderer.render(query, bindings);
            boolean raw = query instanceof DbQuery.RawSql;
            return inChunkTransaction(statements.size(), () -> {
                Columns columns = null;
                Rows rows = Rows.NONE;
                for (QueryRenderer.Rendered statement : statements) {
                    StatementResult result = execute(statement, query);
                    columns = result.columns();
                    rows = rows.and(result.rows());
                }
                Columns known = columns == null ? Columns.NONE : columns;
                requireReadable(known, raw);
                if (query instanceof DbQuery.RawSql sql && sql.client() == DbQuery.Client.ENGINE) {
                    known = UserDefinedArrays.found(known, rows, run.statements());
                }
                return raw ? RawResponse.of(known, rows, newBuffer()) : new RowSet(known, rows, bindings.budget());
            });
        }

        /** If a statement was split, runs its parts in a transaction, so that it remains atomic. */
        private Object inChunkTransaction(int statements, Supplier<Object> work) {
            return statements > 1 ? run.statements().inTransaction(work) : work.get();
        }

        private StatementResult execute(QueryRenderer.Rendered statement, DbQuery query) {
            ParsedStatement text = texts.of(statement.sql());
            if (!run.comment().isEmpty()) {
                text = text.withSuffix(run.comment());
            }
            List<@Nullable Object> parameters = parameters(statement, query);
            StatementObserver observer = run.environment().observer();
            ParsedStatement whole = text;
            boolean raw = query instanceof DbQuery.RawSql;
            StatementPolicy policy = raw ? StatementPolicy.CLIENT_SCRIPT : StatementPolicy.TRUSTED;
            try {
                run.statements().awaitConnection();
                StatementResult result = observer.observed(
                        whole.sql(),
                        statement.arguments(),
                        run.statements().backendProcess(),
                        () -> run.statements().run(whole, parameters, policy));
                observer.rows(result.rowCount());
                return result;
            } catch (DatabaseException e) {
                throw PrismaErrors.of(e, raw);
            }
        }
    }

    private static List<@Nullable Object> parameters(QueryRenderer.Rendered statement, DbQuery query) {
        List<@Nullable Object> prepared = Parameters.of(statement.arguments(), statement.types());
        return query instanceof DbQuery.RawSql raw
                ? RawParameters.of(
                        prepared, statement.arguments(), statement.types(), raw.client() == DbQuery.Client.ENGINE)
                : prepared;
    }

    private static void requireReadable(Columns columns, boolean raw) {
        for (ColumnType type : columns.types()) {
            if (type.kind() == ColumnType.Kind.UNSUPPORTED) {
                throw PrismaErrors.unsupportedType(type.typeName(), raw);
            }
        }
    }

    private static @Nullable Object firstNonEmpty(List<String> names, Bindings bindings) {
        for (String name : names) {
            Object value = bindings.get(name);
            if (!JsValues.isEmpty(value)) {
                return value;
            }
        }
        return new ArrayList<>();
    }

    private static @Nullable Object reversed(@Nullable Object value) {
        List<@Nullable Object> list = JsValues.listOrNull(value);
        if (list == null) {
            return value;
        }
        List<@Nullable Object> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return reversed;
    }

    private static @Nullable Object unique(@Nullable Object value) {
        List<@Nullable Object> list = JsValues.listOrNull(value);
        if (list == null) {
            return value;
        }
        if (list.size() > 1) {
            return new SeveralRows(list);
        }
        return list.isEmpty() ? null : list.getFirst();
    }

    private static @Nullable Object required(@Nullable Object value) {
        if (JsValues.isEmpty(value)) {
            throw new PlanFailure("Required value is empty");
        }
        return value;
    }

    private static @Nullable Object mapField(@Nullable Object value, String field, Budget budget) {
        List<@Nullable Object> list =
                value instanceof SeveralRows several ? several.rows() : JsValues.listOrNull(value);
        if (list != null) {
            budget.elements(list.size());
            List<@Nullable Object> values = new ArrayList<>(list.size());
            list.forEach(element -> values.add(mapField(element, field, budget)));
            return values;
        }
        if (Records.isRecord(value)) {
            Object found = Records.get(value, field);
            return found == Undefined.UNDEFINED ? null : found;
        }
        return value;
    }

    private static boolean satisfies(@Nullable Object value, DataRule rule) {
        return switch (rule) {
            case DataRule.RowCountEq eq -> rowCount(value) == eq.count();
            case DataRule.RowCountNeq neq -> rowCount(value) != neq.count();
            case DataRule.AffectedRowCountEq eq ->
                value instanceof Number affected && affected.doubleValue() == eq.count();
            case DataRule.Never _ -> false;
        };
    }

    private static int rowCount(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case RowSet rows -> rows.size();
            case List<?> list -> list.size();
            case SeveralRows several -> several.count();
            default -> 1;
        };
    }

    private static String found(@Nullable Object value) {
        return switch (value) {
            case RowSet rows -> String.valueOf(rows.size());
            case List<?> list -> String.valueOf(list.size());
            case SeveralRows several -> String.valueOf(several.count());
            case null, default -> JsValues.toText(value);
        };
    }
}
