package dev.hasten.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.deadline.Cancellation;
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
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One Prisma schema and the plans of its queries. A query is compiled once; from then on queries that differ from it in
 * data only run the same plan.
 */
public final class PrismaSchema {
    /** A plan's tree takes up to so many times its JSON. */
    private static final int TREE_FACTOR = 20;

    /** Plans come from the compiler, not from clients; they nest deeper than the queries that they are made of. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(100_000)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNumberLength(200_000)
                            .build())
                    .build())
            .build();

    private final String hash;
    private final String text;
    /** What plans are made for: the same schema means other tables where another PostgreSQL schema is the default. */
    private final String plansOf;

    private final DataModel model;
    private final CompiledPlans plans;
    private final Supplier<SchemaCompiler> newCompiler;
    private final SchemaCompiler shared;
    /** By owner: compilers of API keys that had to wait too long for the shared one. */
    private final Map<String, SchemaCompiler> ownCompilers = new ConcurrentHashMap<>();

    private volatile boolean accepted;

    PrismaSchema(
            String hash,
            String text,
            @Nullable String schemaName,
            CompiledPlans plans,
            Supplier<SchemaCompiler> newCompiler) {
        this.hash = hash;
        this.text = text;
        this.plansOf = schemaName == null ? hash : hash + " " + schemaName;
        this.model = DataModel.of(text);
        this.plans = plans;
        this.newCompiler = newCompiler;
        this.shared = newCompiler.get();
    }

    /** What the client calls the schema: the SHA-256 of its base64 text, in lower-case hex digits. */
    public String hash() {
        return hash;
    }

    String text() {
        return text;
    }

    /** Approximate memory of the schema in bytes, without its compilers and plans. */
    long heapBytes() {
        return 2L * text.length() + model.heapBytes();
    }

    /**
     * Checks that the compiler accepts the schema.
     *
     * @throws ApiError with the compiler's own message if it does not
     * @throws SchemaStartingException if the request reaches its time limit first
     */
    void check(Cancellation cancellation) {
        String problem = DataModel.problemOf(text);
        if (problem != null) {
            throw ApiError.badRequest("The Prisma schema is not valid: " + problem);
        }
        shared.check(cancellation);
        accepted = true;
    }

    /** Whether the compiler has accepted the schema. */
    boolean isAccepted() {
        return accepted;
    }

    /**
     * The plan of a query.
     *
     * @param query {@code {modelName, action, query}}
     * @param cancellation for the wait until the compiler is free
     * @throws ApiError P2009 and the like, for a query that does not fit the schema; P6000 for placeholders in it
     */
    public CompiledQuery compile(JsonNode query, Cancellation cancellation) {
        ParameterizedQuery parameterized = Parameterizer.query(query, model);
        try {
            return new CompiledQuery(plan(parameterized.text(), cancellation), parameterized.values());
        } catch (ApiError e) {
            if (e.status() == SchemaCompiler.BREAKDOWN) {
                throw e;
            }
            // The query itself has the better error; and what was taken out of it may be our mistake.
            return new CompiledQuery(plan(Parameterizer.text(query), cancellation), Map.of());
        }
    }

    private ParsedPlan plan(String query, Cancellation cancellation) {
        return plans.find(plansOf, query) instanceof Compiled.Query(ParsedPlan plan)
                ? plan
                : compile(query, cancellation);
    }

    /**
     * Runs something with a compiler. The API keys share one, because opening one is expensive; a key that had to wait for
     * the queries of others gets its own.
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
            // Somebody else may have compiled it while this one waited.
            if (plans.find(plansOf, query) instanceof Compiled.Query(ParsedPlan known)) {
                return known;
            }
            byte[] json = compiler.compile((running, memory) -> running.compile(query, memory), cancellation);
            ParsedPlan plan = ParsedPlan.of(PlanParser.parse(read(json, cancellation)));
            plans.put(plansOf, query, new Compiled.Query(plan), json.length * TREE_FACTOR);
            return plan;
        });
    }

    /**
     * One plan for several queries for one record each; null when they have none, and must run one by one.
     *
     * @throws ApiError as {@link #compile}
     */
    public @Nullable CompiledBatch compileBatch(List<JsonNode> queries, Cancellation cancellation) {
        ParameterizedQuery parameterized = Parameterizer.batch(queries, model);
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
                    byte[] response =
                            compiler.compile((running, memory) -> running.compileBatch(batch, memory), cancellation);
                    JsonNode json = read(response, cancellation);
                    boolean compacted = json.path("type").asString("").equals("compacted");
                    Compiled.Batch compiled = new Compiled.Batch(compacted ? shape(json) : null);
                    plans.put(plansOf, batch, compiled, compacted ? response.length * TREE_FACTOR : 0);
                    return compiled;
                })
                .shape();
    }

    private static CompiledBatch.Shape shape(JsonNode batch) {
        List<Map<String, PlanValue>> arguments = new ArrayList<>();
        for (JsonNode query : batch.path("arguments")) {
            Map<String, PlanValue> values = new LinkedHashMap<>();
            query.properties().forEach(value -> values.put(value.getKey(), argument(value.getValue())));
            arguments.add(values);
        }
        return new CompiledBatch.Shape(
                ParsedPlan.of(PlanParser.parse(batch.path("plan"))),
                arguments,
                names(batch.path("nestedSelection")),
                List.copyOf(names(batch.path("keys"))),
                batch.path("expectNonEmpty").asBoolean(false));
    }

    /** Arguments are in the form of queries, not of plans. */
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

    /** Gives the memory of the compilers back, except of those at work. */
    void closeCompiler() {
        shared.close();
        ownCompilers.values().forEach(SchemaCompiler::close);
    }

    /** Counts the plan for the rest of the request: it may be too large for the cache of plans. */
    private static JsonNode read(byte[] json, Cancellation cancellation) {
        cancellation.memory().take(MemoryUse.REQUESTS, (long) json.length * TREE_FACTOR);
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalStateException("the compiler's answer is no JSON: " + new String(json, UTF_8), e);
        }
    }
}
