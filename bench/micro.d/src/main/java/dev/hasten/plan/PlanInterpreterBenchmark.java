package dev.hasten.plan;

import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.micro.Recorded;
import dev.hasten.postgres.FixedResults;
import dev.hasten.postgres.StatementResult;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.QueryRequest;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.value.GeneratorState;
import dev.hasten.protocol.value.Generators;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a known plan and its parameters to the JSON of the response, with a database that takes no time. */
@State(Scope.Benchmark)
public class PlanInterpreterBenchmark {
    private static final long RESPONSE_BYTES = 16 << 20;

    private final SecureRandom random = new SecureRandom();
    private final GeneratorState generators = new GeneratorState(random, "localhost", 1);
    private final PlanInterpreter interpreter = new PlanInterpreter();
    private Job findUnique = Job.of(Recorded.FIND_UNIQUE, FixedResults.user());
    private Job findMany = Job.of(Recorded.FIND_MANY, FixedResults.posts());

    private record Job(PlanNode plan, Map<String, PlanValue> parameters, FixedStatements statements) {
        static Job of(Recorded request, StatementResult result) {
            RequestParser parser = new RequestParser(1000, 1_000_000);
            byte[] body = request.body();
            QueryRequest query = parser.query(body, ParseMeter.NONE);
            return new Job(
                    parser.plan(body, query.plan(), ParseMeter.NONE), query.parameters(), new FixedStatements(result));
        }
    }

    @Benchmark
    public @Nullable JsonBuffer findUnique() {
        return run(findUnique);
    }

    @Benchmark
    public @Nullable JsonBuffer findMany50() {
        return run(findMany);
    }

    private @Nullable JsonBuffer run(Job job) {
        return interpreter.run(
                job.plan,
                new PlanInterpreter.Run(
                        job.parameters,
                        new Generators(Clock.systemUTC(), random, generators),
                        job.statements,
                        new PlanInterpreter.Environment(StatementObserver.NONE, new Cancellation(), RESPONSE_BYTES),
                        ""));
    }
}
