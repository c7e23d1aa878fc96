package dev.hasten.plan;

import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanInterpreter.Environment;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.proof.Proofs;
import dev.hasten.proof.ReadProof;
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

    private static final Uncached NO_QUERY = new Uncached(Reason.NOT_A_READ, "is an operation without a cacheStrategy");
    private static final Uncached GENERATED =
            new Uncached(Reason.GENERATED_VALUE, "has parameters whose values are generated");

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
        /** Whether the plan is one that a client may ask to cache, given the operation that the request claims to be. */
        public boolean acceptsStrategy(String operation) {
            return plan.reads().uncached() == null && CACHEABLE.contains(operation);
        }

        /**
         * Proves what the result depends on, given the operation that the request claims to be. May block.
         *
         * @throws dev.hasten.postgres.DatabaseException if the database cannot be reached
         */
        public ReadProof proof(String operation, Proofs proofs, Cancellation cancellation) {
            Uncached uncached = plan.reads().uncached();
            if (uncached != null) {
                return ReadProof.uncached(uncached);
            }
            if (!CACHEABLE.contains(operation)) {
                return ReadProof.uncached(NO_QUERY);
            }
            if (!PureReads.areFixed(parameters.values())) {
                return ReadProof.uncached(GENERATED);
            }
            ReadProof proof = ReadProof.CONSTANT;
            for (ParsedStatement statement : plan.reads().statements()) {
                proof = proof.and(proofs.of(statement, cancellation).reads());
            }
            boolean clock =
                    proof.readsClock() && (plan.reads().namesClock() || PureReads.nameClock(parameters.values()));
            return clock ? proof.and(ReadProof.CLOCK) : proof;
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
