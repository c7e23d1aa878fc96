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
    /** The operations that take a {@code cacheStrategy}. A plan can be a pure read without being one of these. */
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
     * @param comment to append to every statement with a space before it, empty for none
     */
    public record Job(ParsedPlan plan, Map<String, PlanValue> parameters, String comment) {
        /** Whether the result may be stored, provided that the operation is what the request claims. */
        public boolean isCacheable(String operation) {
            return CACHEABLE.contains(operation) && plan.pureRead() && PureReads.areFixed(parameters.values());
        }
    }

    /** @param random for the ids that plans generate; must be cryptographically strong and thread-safe */
    public PlanRunner(Clock clock, RandomGenerator random, GeneratorState generatorState) {
        this.clock = clock;
        this.random = random;
        this.generatorState = generatorState;
    }

    /** Generators for one request, for which the time does not change. */
    public Generators generators() {
        return new Generators(clock, random, generatorState);
    }

    /** Runs the only plan of a request; null if it has no value. */
    public @Nullable JsonBuffer run(Job job, Statements statements, Environment environment) {
        return run(job, generators(), statements, environment);
    }

    /** Runs one of several plans of a request, which share the generators; null if it has no value. */
    public @Nullable JsonBuffer run(Job job, Generators generators, Statements statements, Environment environment) {
        return interpreter.run(
                job.plan().plan(),
                new PlanInterpreter.Run(job.parameters(), generators, statements, environment, job.comment()));
    }
}
