package dev.hasten.schema;

import dev.hasten.compiler.SchemaDefinition;
import dev.hasten.deadline.Cancellation;
import dev.hasten.insights.Insights;
import dev.hasten.memory.MemoryUse;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanParser;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.plan.PlanValues;
import dev.hasten.schema.CompiledPlans.Compiled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A Prisma schema and the plans of its queries. A query is compiled once. After that, all queries that differ only in
 * their data use the same plan.
 */
public final class PrismaSchema {
    /** Estimated bytes of a value in a plan: the tree from the compiler, and what the parsed plan keeps of it. */
    private static final int NODE_BYTES = 320;

    private final String hash;
    private final SchemaDefinition definition;
    /** Key of the plans. It contains the default PostgreSQL schema, because plans refer to different tables in each. */
    private final String plansOf;

    private final CompiledPlans plans;
    private final Supplier<SchemaCompiler> newCompiler;
    private final SchemaCompiler shared;
    /** Compilers of API keys that had to wait too long for the shared one, by owner. */
    private final Map<String, SchemaCompiler> ownCompilers = new ConcurrentHashMap<>();

    private volatile boolean accepted;

    PrismaSchema(
            String hash,
            SchemaDefinition definition,
            @Nullable String schemaName,
            CompiledPlans plans,
            Supplier<SchemaCompiler> newCompiler) {
        this.hash = hash;
        this.definition = definition;
        this.plansOf = schemaName == null ? hash : hash + " " + schemaName;
        this.plans = plans;
        this.newCompiler = newCompiler;
        this.shared = newCompiler.get();
    }

    /** The client's name for the schema: the SHA-256 of its base64 text, in lower-case hex digits. */
    public String hash() {
        return hash;
    }

    String text() {
        return definition.text();
    }

    /** Approximate memory of the schema in bytes, without its compilers and plans. */
    long heapBytes() {
        return definition.heapBytes();
    }

    /**
     * Checks that the compiler accepts the schema.
     *
     * @throws ApiError with the compiler's own message if it does not
     * @throws SchemaStartingException if the request reaches its time limit first
     */
    void check(Cancellation cancellation) {
        shared.check(cancellation);
        accepted = true;
    }

    /** Whether the compiler has accepted the schema. */
    boolean isAccepted() {
        return accepted;
    }

    /**
     * Returns the plan of a query. Compiles the query if necessary.
     *
     * @param query {@code {modelName, action, query}}
     * @param cancellation stops waiting for the compiler, and stops compiling
     * @throws ApiError P2009 and similar if the query does not match the schema, P6000 if it contains placeholders
     */
    public CompiledQuery compile(JsonNode query, Cancellation cancellation) {
        ParameterizedQuery parameterized = Parameterizer.query(query, definition);
        try {
            return new CompiledQuery(plan(parameterized.text(), cancellation), parameterized.values());
        } catch (ApiError e) {
            if (e.status() == SchemaCompiler.BREAKDOWN) {
                throw e;
            }
            // Without placeholders, the error is better. Also, the placeholders may have caused the error.
            return new CompiledQuery(plan(Parameterizer.text(query), cancellation), Map.of());
        }
    }

    private ParsedPlan plan(String query, Cancellation cancellation) {
        return plans.find(plansOf, query) instanceof Compiled.Query(ParsedPlan plan)
                ? plan
                : compile(query, cancellation);
    }

    /**
     * Runs work with a compiler. All API keys share one, because opening one is expensive. A key that had to wait too
     * long for queries of other keys gets its own.
     */
    private <T> T withCompiler(Cancellation cancellation, Function<SchemaCompiler, T> work) {
        String owner = cancellation.memory().owner();
        SchemaCompiler own = ownCompilers.get(owner);
        return own != null
                ? own.inTurn(cancellation, () -> work.apply(own), null)
                : shared.inTurn(cancellation, () -> work.apply(shared), () -> {
                    SchemaCompiler opened = ownCompilers.computeIfAbsent(owner, _ -> newCompiler.get());
                    return opened.inTurn(cancellation, () -> work.apply(opened), null);
                });
    }

    private ParsedPlan compile(String query, Cancellation cancellation) {
        return withCompiler(cancellation, compiler -> {
            // Another request may have compiled it during the wait.
            if (plans.find(plansOf, query) instanceof Compiled.Query(ParsedPlan known)) {
                return known;
            }
            JsonNode json = compiler.compile((running, memory) -> running.compile(query, memory), cancellation);
            int bytes = counted(json, cancellation);
            ParsedPlan plan = ParsedPlan.of(PlanParser.parse(json), Insights.hash(query));
            plans.put(plansOf, query, new Compiled.Query(plan), bytes);
            return plan;
        });
    }

    /**
     * Returns one plan for several queries that each read one record, or null if the queries must run one by one.
     *
     * @throws ApiError as {@link #compile}
     */
    public @Nullable CompiledBatch compileBatch(List<JsonNode> queries, Cancellation cancellation) {
        ParameterizedQuery parameterized = Parameterizer.batch(queries, definition);
        CompiledBatch.Shape shape = plans.find(plansOf, parameterized.text()) instanceof Compiled.Batch(var known)
                ? known
                : compileBatch(parameterized.text(), cancellation);
        return shape == null ? null : new CompiledBatch(shape, parameterized.values());
    }

    private CompiledBatch.@Nullable Shape compileBatch(String batch, Cancellation cancellation) {
        return withCompiler(cancellation, compiler -> {
                    if (plans.find(plansOf, batch) instanceof Compiled.Batch known) {
                        return known;
                    }
                    JsonNode json =
                            compiler.compile((running, memory) -> running.compileBatch(batch, memory), cancellation);
                    int bytes = counted(json, cancellation);
                    boolean compacted = json.path("type").asString("").equals("compacted");
                    Compiled.Batch compiled = new Compiled.Batch(compacted ? shape(json, Insights.hash(batch)) : null);
                    plans.put(plansOf, batch, compiled, compacted ? bytes : 0);
                    return compiled;
                })
                .shape();
    }

    private static CompiledBatch.Shape shape(JsonNode batch, long fingerprint) {
        List<Map<String, PlanValue>> arguments = new ArrayList<>();
        for (JsonNode query : batch.path("arguments")) {
            Map<String, PlanValue> values = new LinkedHashMap<>();
            query.properties().forEach(value -> values.put(value.getKey(), argument(value.getValue())));
            arguments.add(values);
        }
        ParsedPlan plan = ParsedPlan.of(PlanParser.parse(batch.path("plan")), fingerprint);
        Set<String> keys = names(batch.path("keys"));
        KeyTypes types = new KeyTypes(plan);
        return new CompiledBatch.Shape(
                plan,
                arguments,
                names(batch.path("nestedSelection")),
                List.copyOf(keys),
                keys.stream().filter(key -> types.isUuid(key, arguments)).collect(Collectors.toSet()),
                keys.stream().allMatch(key -> types.isExact(key, arguments)),
                batch.path("expectNonEmpty").asBoolean(false));
    }

    /** Parses an argument, which is in the format of queries, not of plans. */
    private static PlanValue argument(JsonNode value) {
        if (value.path("$type").asString("").equals("Param")) {
            JsonNode placeholder = value.path("value");
            return new PlanValue.Placeholder(placeholder.path("name").asString(""), "");
        }
        return PlanValues.of(value.has("$type") ? value.path("value") : value);
    }

    private static Set<String> names(JsonNode list) {
        Set<String> names = new LinkedHashSet<>();
        list.forEach(name -> names.add(name.asString("")));
        return names;
    }

    /** Closes the compilers that are not working, which releases their memory. */
    void closeCompiler() {
        shared.close();
        ownCompilers.values().forEach(SchemaCompiler::close);
    }

    /**
     * Counts the memory of a plan for the rest of the request, because it may be too large to be cached. Returns it in
     * bytes.
     */
    private static int counted(JsonNode plan, Cancellation cancellation) {
        long bytes = heapBytes(plan);
        cancellation.memory().take(MemoryUse.REQUESTS, bytes);
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    private static long heapBytes(JsonNode node) {
        long bytes = NODE_BYTES + (node.isString() ? 4L * node.stringValue().length() : 0);
        for (JsonNode child : node) {
            bytes += heapBytes(child);
        }
        return bytes;
    }
}
