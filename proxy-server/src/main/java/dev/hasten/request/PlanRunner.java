package dev.hasten.request;

import dev.hasten.deadline.Cancellation;
import dev.hasten.plan.JsonBuffer;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.plan.PlanInterpreter;
import dev.hasten.plan.PureReads;
import dev.hasten.plan.Statements;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.value.GeneratorState;
import dev.hasten.protocol.value.Generators;
import dev.hasten.transaction.PooledStatements;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Runs plans for requests: what all protocols have in common once they know the plan. */
public final class PlanRunner {
    /** The operations that take a {@code cacheStrategy}. An update that changes nothing is a pure read, too, but no such. */
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
        /** Whether the answer may be stored, if the operation is what the request says it is. */
        public boolean isCacheable(String operation) {
            return CACHEABLE.contains(operation) && plan.pureRead() && PureReads.areFixed(parameters.values());
        }
    }

    /** @param random for the ids that plans ask for; must be cryptographically strong and thread-safe */
    public PlanRunner(Clock clock, RandomGenerator random, GeneratorState generatorState) {
        this.clock = clock;
        this.random = random;
        this.generatorState = generatorState;
    }

    /**
     * Runs work on one connection of the pool, which is taken when the first statement needs it.
     *
     * @throws ApiError with Prisma's code if the database fails
     */
    public static <T extends @Nullable Object> T pooled(
            RequestContext request, Cancellation cancellation, Function<PooledStatements, T> work) {
        return PrismaErrors.translated(() -> request.pooled(cancellation, work));
    }

    /** Runs a plan on one connection of the pool; null when it has no value. */
    public @Nullable JsonBuffer runPooled(Job job, RequestContext request, Cancellation cancellation) {
        return PlanRunner.<@Nullable JsonBuffer>pooled(
                request, cancellation, statements -> run(job, statements, request, cancellation));
    }

    /** Generators for one request, in which the time stands still. */
    public Generators generators() {
        return new Generators(clock, random, generatorState);
    }

    /** Runs a plan on its own; null when it has no value. */
    public @Nullable JsonBuffer run(Job job, Statements statements, RequestContext request, Cancellation cancellation) {
        return run(job, generators(), statements, request, cancellation);
    }

    /** Runs one of several plans of a request, which share the generators; null when it has no value. */
    public @Nullable JsonBuffer run(
            Job job, Generators generators, Statements statements, RequestContext request, Cancellation cancellation) {
        return interpreter.run(
                job.plan().plan(),
                new PlanInterpreter.Run(
                        job.parameters(),
                        generators,
                        statements,
                        request.telemetry(),
                        cancellation,
                        job.comment(),
                        request.database().answerBytes()));
    }
}
