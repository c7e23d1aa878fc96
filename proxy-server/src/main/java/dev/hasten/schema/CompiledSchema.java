package dev.hasten.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.compiler.CompileException;
import dev.hasten.compiler.CompilerPanicException;
import dev.hasten.compiler.QueryCompiler;
import dev.hasten.compiler.SchemaException;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.postgres.Cancellation;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanParser;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.plan.PlanValues;
import dev.hasten.schema.CompiledPlans.Compiled;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One Prisma schema and the plans of its queries. A query is compiled once; from then on queries that differ from it in
 * data only run the same plan.
 */
public final class CompiledSchema {
    private static final Logger LOG = LoggerFactory.getLogger(CompiledSchema.class);

    /** HTTP status of a query over which the compiler breaks down. */
    private static final int BREAKDOWN = 422;

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
    private final @Nullable String schemaName;
    /** What plans are made for: the same schema means other tables where another PostgreSQL schema is the default. */
    private final String plansOf;

    private final DataModel model;
    private final CompiledPlans plans;
    private final CompilerSlots slots;
    private final ReentrantLock compiling = new ReentrantLock();
    /** Guarded by {@link #compiling}; null until it is needed, and again when others need memory. */
    private @Nullable QueryCompiler compiler;

    CompiledSchema(String hash, String text, @Nullable String schemaName, CompiledPlans plans, CompilerSlots slots) {
        this.hash = hash;
        this.text = text;
        this.schemaName = schemaName;
        this.plansOf = schemaName == null ? hash : hash + " " + schemaName;
        this.model = DataModel.of(text);
        this.plans = plans;
        this.slots = slots;
    }

    /** What the client calls the schema: the SHA-256 of its base64 text, in lower-case hex digits. */
    public String hash() {
        return hash;
    }

    String text() {
        return text;
    }

    /**
     * Makes sure that the compiler takes the schema.
     *
     * @throws ApiError with the compiler's own message when it does not
     */
    void check() {
        String problem = DataModel.problemOf(text);
        if (problem != null) {
            throw ApiError.badRequest("The Prisma schema is not valid: " + problem);
        }
        compiling.lock();
        try {
            openCompiler();
        } finally {
            compiling.unlock();
        }
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
            if (e.status() == BREAKDOWN) {
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

    /** Waits for the compiler; a request that must stop waits no longer. */
    private void lock(Cancellation cancellation) {
        try {
            cancellation.interruptible(() -> {
                compiling.lockInterruptibly();
                return compiling;
            });
        } catch (InterruptedException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private ParsedPlan compile(String query, Cancellation cancellation) {
        lock(cancellation);
        try {
            // Somebody else may have compiled it while this one waited.
            if (plans.find(plansOf, query) instanceof Compiled.Query(ParsedPlan known)) {
                return known;
            }
            byte[] json = compiled(compiler -> compiler.compile(query));
            ParsedPlan plan = ParsedPlan.of(PlanParser.parse(read(json)));
            plans.put(plansOf, query, new Compiled.Query(plan), json.length * TREE_FACTOR);
            return plan;
        } finally {
            compiling.unlock();
        }
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
        lock(cancellation);
        try {
            if (plans.find(plansOf, batch) instanceof Compiled.Batch(var known)) {
                return known;
            }
            byte[] answer = compiled(compiler -> compiler.compileBatch(batch));
            JsonNode json = read(answer);
            boolean compacted = json.path("type").asString("").equals("compacted");
            CompiledBatch.Shape shape = compacted ? shape(json) : null;
            plans.put(plansOf, batch, new Compiled.Batch(shape), compacted ? answer.length * TREE_FACTOR : 0);
            return shape;
        } finally {
            compiling.unlock();
        }
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

    @FunctionalInterface
    private interface Compilation {
        byte[] by(QueryCompiler compiler) throws CompileException;
    }

    private byte[] compiled(Compilation compilation) {
        slots.begin();
        try {
            return compilation.by(openCompiler());
        } catch (CompileException e) {
            throw refused(e);
        } catch (CompilerPanicException e) {
            LOG.warn("the query compiler broke down over a query: {} ({})", e.getMessage(), e.detail());
            closeCompiler();
            throw ApiError.of(
                    BREAKDOWN,
                    "P6000",
                    "The query cannot be compiled: " + e.getMessage() + ". Is it very large or deep?");
        } finally {
            slots.end();
            if (!slots.holds(this)) {
                closeCompiler();
            }
        }
    }

    private QueryCompiler openCompiler() {
        QueryCompiler known = compiler;
        if (known == null) {
            try {
                known = QueryCompiler.open(text, schemaName);
            } catch (SchemaException e) {
                throw ApiError.badRequest("The Prisma schema is not valid: " + e.getMessage());
            } catch (CompilerPanicException e) {
                LOG.warn("the query compiler broke down over a schema: {} ({})", e.getMessage(), e.detail());
                throw ApiError.badRequest("The Prisma schema cannot be used: " + e.getMessage());
            }
            compiler = known;
        }
        slots.use(this);
        return known;
    }

    /** Gives the memory of the compiler back. One that is at work is left alone. */
    void closeCompiler() {
        if (!compiling.tryLock()) {
            return;
        }
        try {
            slots.forget(this);
            if (compiler != null) {
                compiler.close();
                compiler = null;
            }
        } finally {
            compiling.unlock();
        }
    }

    private static ApiError refused(CompileException error) {
        String code = error.code() == null ? "P2009" : error.code();
        Map<String, @Nullable Object> meta = new LinkedHashMap<>();
        if (error.meta() != null && PlanValues.constant(JSON.readTree(error.meta())) instanceof Map<?, ?> members) {
            members.forEach((name, value) -> meta.put(String.valueOf(name), value));
        }
        return ApiError.of(400, code, String.valueOf(error.getMessage()), meta);
    }

    private static JsonNode read(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IllegalStateException("the compiler's answer is no JSON: " + new String(json, UTF_8), e);
        }
    }
}
