package dev.hasten.plan;

import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanInterpreter.Environment;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.value.GeneratorState;
import dev.hasten.protocol.value.Generators;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Runs the plans of requests. */
public final class PlanRunner {
    /** The operations that accept a {@code cacheStrategy}. The plan of another operation can be a pure read as well. */
    private static final Set<String> CACHEABLE = Set.of(
            "findUnique",
            "findUniqueOrThrow",
            "findFirst",
            "findFirstOrThrow",
            "findMany",
            "count",
            "aggregate",
            "groupBy");

    private final PlanInterpreter interpreter = new PlanInterpreter();
    private final Clock clock;
    private final RandomGenerator random;
    private final GeneratorState generatorState;

    /**
     * A plan that is ready to run.
     *
     * @param parameters values for its placeholders
     * @param comment appended to every statement, starts with a space; empty for none
     */
    public record Job(ParsedPlan plan, Map<String, PlanValue> parameters, String comment) {
        /** Whether the result may be cached, given the operation that the request claims to be. */
        public boolean isCacheable(String operation) {
            return CACHEABLE.contains(operation) && plan.pureRead() && PureReads.areFixed(parameters.values());
        }
    }

    /** @param random the source of the IDs that plans generate; must be cryptographically strong and thread-safe */
    public PlanRunner(Clock clock, RandomGenerator random, GeneratorState generatorState) {
        this.clock = clock;
        this.random = random;
        this.generatorState = generatorState;
    }

    /** Returns the generators for one request. They use the same time for the whole request. */
    public Generators generators() {
        return new Generators(clock, random, generatorState);
    }

    /** Runs the only plan of a request. Returns null if it has no value. */
    public @Nullable JsonBuffer run(Job job, Statements statements, Environment environment) {
        return run(job, generators(), statements, environment);
    }

    /** Runs one of several plans of a request, which share the generators. Returns null if it has no value. */
    public @Nullable JsonBuffer run(Job job, Generators generators, Statements statements, Environment environment) {
        return interpreter.run(
                job.plan().plan(),
                new PlanInterpreter.Run(job.parameters(), generators, statements, environment, job.comment()));
    }
}
