package dev.hasten.proof;

import static java.util.Objects.requireNonNull;

import dev.hasten.cache.RelationIds;
import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import dev.hasten.deadline.Cancellation;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.ParsedStatement.Trait;
import dev.hasten.postgres.Rows;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.protocol.ServerReport;
import dev.hasten.protocol.value.PostgresArrays;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Proves one statement, in a transaction of its own, which is rolled back. */
final class StatementProver {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String NAME = "hasten_proof";
    /** The proof of a write locks what it writes, and must not wait for long: others would have to wait behind it. */
    private static final ParsedStatement WRITE_SETTINGS =
            ParsedStatement.of("SELECT pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true),"
                    + " pg_catalog.set_config('lock_timeout', '200ms', true)");

    /** A read waits for the same locks as its proof. */
    private static final ParsedStatement READ_SETTINGS =
            ParsedStatement.of("SELECT pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true)");

    private static final ParsedStatement DEALLOCATE = ParsedStatement.of("DEALLOCATE " + NAME);
    private static final TransactionMode READ_ONLY = new TransactionMode(null, true, false);

    /** Functions that convert JSON to the types of a row, whose names the statement may not mention. */
    private static final Pattern RECORD_FUNCTION = Pattern.compile("jsonb?_(populate|to)_record.*");

    /** Errors of the syntax of a statement, and features that do not exist. Others can end at any time. */
    private static final Pattern LASTING_ERRORS = Pattern.compile("42601|0A000");

    private static final Set<String> QUERIES = Set.of("select", "with", "values", "table");
    /** Words of statements in the body of a function that write, or may do anything. */
    private static final Set<String> WRITING_WORDS = Set.of("""
            alter call copy create delete do drop execute grant insert listen lock merge notify refresh reindex revoke set
            truncate update""".split("\\s+"));

    private static final Set<String> WRITES = Set.of("insert", "update", "delete", "merge");

    private final ParsedStatement sql;
    private final Lease lease;
    private final Cancellation cancellation;
    private final NameCollector names = new NameCollector();
    private final PlanReader plan = new PlanReader(names);
    private final List<Relation> relations = new ArrayList<>();
    private final List<Integer> written = new ArrayList<>();
    private @Nullable Uncached uncached;
    private boolean readsClock;
    private boolean mayCallWriter;
    private boolean hasOnePlan;

    private StatementProver(ParsedStatement sql, Lease lease, Cancellation cancellation) {
        this.sql = sql;
        this.lease = lease;
        this.cancellation = cancellation;
    }

    /** Whether a proof needs to ask PostgreSQL. */
    static boolean canProve(ParsedStatement sql) {
        return (QUERIES.contains(sql.command()) || WRITES.contains(sql.command()))
                && !sql.is(Trait.SEVERAL_STATEMENTS)
                && sql.parameterCount() >= 0;
    }

    /**
     * What was found out.
     *
     * @param lasts false if another attempt may find out more, because this one failed for a passing reason
     */
    record Outcome(StatementProof proof, boolean lasts) {}

    /** What is known about a statement that {@link #canProve} excludes. */
    static StatementProof unproved(ParsedStatement sql) {
        String detail = sql.is(Trait.SEVERAL_STATEMENTS)
                ? "is more than one statement"
                : QUERIES.contains(sql.command())
                        ? "uses a parameter that is directly followed by a name"
                        : "is not a SELECT, WITH, VALUES or TABLE statement";
        return new StatementProof(
                ReadProof.uncached(new Uncached(Reason.NOT_A_READ, detail)), new WriteProof.Unknown());
    }

    /**
     * Tries to prove what the statement reads and writes, without running it.
     *
     * @param lease must not have an open transaction; the transaction of the proof is rolled back
     */
    static Outcome prove(ParsedStatement sql, Lease lease, Cancellation cancellation) {
        return new StatementProver(sql, lease, cancellation).prove();
    }

    private Outcome prove() {
        names.collect(sql.sql());
        boolean prepared = false;
        lease.beginRepeatable(READ_ONLY);
        try {
            run(QUERIES.contains(sql.command()) ? READ_SETTINGS : WRITE_SETTINGS);
            prepare();
            prepared = true;
            explain();
            askRelations();
            String parameterTypes = askParameterTypes();
            run(DEALLOCATE);
            prepared = false;
            askNames(parameterTypes);
            return new Outcome(new StatementProof(reads(), writes()), true);
        } catch (DatabaseException e) {
            ServerReport report = e.statementReport();
            if (report == null) {
                throw e;
            }
            // Running the statement will report the error.
            boolean lasts = LASTING_ERRORS.matcher(report.state()).matches();
            reject(names.uncached());
            reject(new Uncached(
                    Reason.NOT_PROVED,
                    lasts
                            ? "cannot be planned as a subquery: " + report.message()
                            : "cannot be planned now: " + report.message()));
            return new Outcome(
                    new StatementProof(new ReadProof(uncached, true, List.of()), new WriteProof.Unknown()), lasts);
        } finally {
            lease.endRepeatable();
            if (prepared) {
                forget();
            }
        }
    }

    private ReadProof reads() {
        if (!QUERIES.contains(sql.command())) {
            reject(new Uncached(Reason.NOT_A_READ, "is not a SELECT, WITH, VALUES or TABLE statement"));
        }
        reject(names.uncached());
        reject(plan.uncached());
        if (!hasOnePlan) {
            reject(new Uncached(Reason.NOT_A_READ, "has rules that run other statements"));
        }
        return new ReadProof(uncached, readsClock, List.copyOf(relations));
    }

    private WriteProof writes() {
        if (!hasOnePlan || mayCallWriter || names.hidesNames()) {
            return new WriteProof.Unknown();
        }
        if (written.isEmpty()) {
            return plan.operations().isEmpty() ? new WriteProof.Nothing() : new WriteProof.Relations(RelationIds.NONE);
        }
        boolean plainTables =
                relations.stream().noneMatch(relation -> relation.isView() && written.contains(relation.id()));
        return new WriteClosure(this::run, sql, plan.operations(), names.names()).of(written, plainTables);
    }

    private void reject(@Nullable Uncached found) {
        if (found != null) {
            uncached = uncached == null ? found : uncached.or(found);
        }
    }

    /** As a subquery if possible, so that PostgreSQL's statistics do not count this as an execution of the statement. */
    private void prepare() {
        boolean subquery = QUERIES.contains(sql.command()) && Collections.disjoint(names.names(), WRITES);
        String text = withoutEnding(sql.sql());
        run(ParsedStatement.of(
                "PREPARE " + NAME + " AS " + (subquery ? "SELECT * FROM (\n" + text + "\n) AS " + NAME : text + "\n")));
    }

    /**
     * Removes semicolons and whitespace from the end. Does not use a regular expression, which would need quadratic
     * time to try every run of spaces as a possible ending.
     */
    private static String withoutEnding(String sql) {
        int end = sql.length();
        while (end > 0 && (sql.charAt(end - 1) == ';' || Character.isWhitespace(sql.charAt(end - 1)))) {
            end--;
        }
        return sql.substring(0, end);
    }

    private void explain() {
        int count = sql.parameterCount();
        String nulls = String.join(", ", Collections.nCopies(count, "NULL"));
        StatementResult result = run(ParsedStatement.of(
                "EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) EXECUTE " + NAME + (count == 0 ? "" : "(" + nulls + ")")));
        JsonNode plans = JSON.readTree(text(result, 0, 0));
        hasOnePlan = result.rows().size() == 1 && plans.size() == 1;
        plans.forEach(each -> plan.read(each.path("Plan")));
    }

    private void askRelations() {
        StatementResult result = run(Catalogs.RELATIONS);
        for (int row = 0; row < result.rows().size(); row++) {
            Relation relation = relation(result, row);
            relations.add(relation);
            if (text(result, row, 5).equals("t")) {
                written.add(relation.id());
            }
            if (relation.isTemporary()) {
                reject(new Uncached(Reason.SESSION, "uses a temporary table"));
            } else if (relation.isForeign()) {
                reject(new Uncached(Reason.FOREIGN_TABLE, "reads the foreign table " + relation.name()));
            } else if (relation.isSequence()) {
                reject(new Uncached(Reason.SEQUENCE, "reads the sequence " + relation.name()));
            }
        }
    }

    private static Relation relation(StatementResult result, int row) {
        return new Relation(
                Integer.parseUnsignedInt(text(result, row, 0)),
                text(result, row, 1).charAt(0),
                text(result, row, 2).charAt(0),
                text(result, row, 3),
                text(result, row, 4));
    }

    /** Returns the relations with these object identifiers that still exist, in the order of their names. */
    static List<Relation> relations(RelationIds ids, Lease lease, Cancellation cancellation) {
        List<String> texts = IntStream.range(0, ids.size())
                .mapToObj(i -> Integer.toUnsignedString(ids.get(i)))
                .toList();
        StatementResult result =
                lease.run(Catalogs.NAMED_RELATIONS, List.of(array(texts)), StatementPolicy.TRUSTED, cancellation);
        return IntStream.range(0, result.rows().size())
                .mapToObj(row -> relation(result, row))
                .toList();
    }

    private String askParameterTypes() {
        Rows rows = run(Catalogs.PARAMETER_TYPES, NAME).rows();
        return rows.isEmpty() ? "{}" : requireNonNull(rows.text(0, 0));
    }

    private void askNames(String parameterTypes) {
        List<String> views = relations.stream()
                .filter(Relation::isView)
                .map(view -> Integer.toUnsignedString(view.id()))
                .toList();
        readsClock = !views.isEmpty() || names.functions().stream().anyMatch(RECORD_FUNCTION.asMatchPredicate());
        StatementResult result = run(
                Catalogs.NAMES,
                array(names.functions()),
                array(names.attributes()),
                array(views),
                array(Functions.safe()),
                array(names.names()),
                parameterTypes);
        for (int row = 0; row < result.rows().size(); row++) {
            String name = text(result, row, 1);
            switch (text(result, row, 0)) {
                case "function" ->
                    function(
                            name,
                            text(result, row, 2).equals("t"),
                            text(result, row, 3).charAt(0),
                            result.rows().text(row, 4));
                case "rule" -> reject(ruleWith(name, result.rows().text(row, 3)));
                default -> readsClock = true;
            }
        }
    }

    private void function(String name, boolean builtIn, char volatility, @Nullable String body) {
        mayCallWriter |= Functions.mayWrite(name, builtIn, volatility);
        if (volatility == 'i') {
            return;
        }
        if (builtIn) {
            reject(Functions.builtIn(name, volatility == 'v'));
        } else {
            boolean onlyReads = body != null && onlyReads(name, body);
            Reason otherwise = volatility == 'v' ? Reason.VOLATILE_FUNCTION : Reason.SESSION;
            reject(Functions.notImmutable(onlyReads ? Reason.FUNCTION : otherwise, name));
        }
    }

    /** Whether the body of a function shows that it neither writes nor depends on the session. */
    private boolean onlyReads(String name, String body) {
        NameCollector used = new NameCollector();
        used.collect(body);
        return !(used.hidesNames()
                || !Collections.disjoint(used.names(), NameCollector.SESSION_WORDS)
                || !Collections.disjoint(used.names(), WRITING_WORDS)
                || text(
                                run(
                                        Catalogs.SESSION_NAMES,
                                        array(used.names()),
                                        array(Functions.independentOfSession()),
                                        name),
                                0,
                                0)
                        .equals("t"));
    }

    /** The nodes of rules are named in src/include/nodes/primnodes.h. */
    private static Uncached ruleWith(String node, @Nullable String operation) {
        return switch (node) {
            case "NEXTVALUEEXPR" -> new Uncached(Reason.VOLATILE_FUNCTION, "uses a view that advances a sequence");
            case "TABLESAMPLECLAUSE" -> new Uncached(Reason.RANDOM, "uses a view that samples rows");
            case "ROWMARKCLAUSE" -> new Uncached(Reason.NOT_A_READ, "uses a view that locks rows");
            // SQLValueFunctionOp: 0 to 8 are dates and times.
            default ->
                operation != null && operation.length() == 1 && !operation.equals("9")
                        ? new Uncached(Reason.TIME, "uses a view that depends on the current time")
                        : new Uncached(Reason.SESSION, "uses a view that depends on the session");
        };
    }

    /** Deallocates the prepared statement, which is not removed by a rollback. */
    private void forget() {
        try {
            run(DEALLOCATE);
        } catch (DatabaseException e) {
            // The statement was not prepared.
        }
    }

    private StatementResult run(ParsedStatement text, @Nullable String... parameters) {
        return lease.run(text, Arrays.asList(parameters), StatementPolicy.CLIENT_STATEMENT, cancellation);
    }

    static String text(StatementResult result, int row, int column) {
        return requireNonNull(result.rows().text(row, column));
    }

    static String array(Collection<String> texts) {
        return PostgresArrays.literal(new ArrayList<>(texts));
    }
}
