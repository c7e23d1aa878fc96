package dev.hasten.plan;

import static dev.hasten.testing.Plans.dataMap;
import static dev.hasten.testing.Plans.field;
import static dev.hasten.testing.Plans.join;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.shape;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.postgres.Access;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.value.GeneratorState;
import dev.hasten.protocol.value.Generators;
import dev.hasten.testing.Client;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import dev.hasten.transaction.PooledStatements;
import dev.hasten.writes.WriteTracking;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cancelled request stops in every phase of its computation. (For compilation, see PrismaSchemasTest.) */
@Tag("integration")
final class CancelledPhasesTest {
    private static final long MEGABYTE = 1 << 20;
    private static final RequestParser PARSER = new RequestParser(100, Integer.MAX_VALUE);

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES).with("limits.max_result_bytes", "1gb");

    /**
     * Cancels a computation as soon as it uses {@code startedBytes}. It must end with an exception before it uses
     * {@code mostBytes}, which is less than it would use without cancellation.
     */
    private static void stops(MemoryUse use, long startedBytes, long mostBytes, Consumer<Cancellation> computation)
            throws Exception {
        MemoryBudget budget = new MemoryBudget(64L << 30, List.of("default"));
        Reservation memory = budget.open("default", "key");
        Cancellation cancellation = new Cancellation(memory);
        FutureTask<?> work = new FutureTask<>(() -> computation.accept(cancellation), null);
        Thread thread = Thread.startVirtualThread(work);
        while (budget.usedBytes(use) < startedBytes && !work.isDone()) {
            Thread.onSpinWait();
        }
        cancellation.cancel(Cancellation.Reason.DISCONNECT);
        assertThatThrownBy(work::get).hasCauseInstanceOf(CancelledException.class);
        thread.join();
        assertThat(memory.heldBytes(use)).isLessThan(mostBytes);
    }

    private static Consumer<Cancellation> plan(Map<String, ?> plan) {
        byte[] body = Client.body(plan, Map.of()).getBytes(UTF_8);
        PlanNode node = PARSER.plan(body, PARSER.query(body, ParseMeter.NONE).plan(), ParseMeter.NONE);
        return cancellation -> {
            try (PooledStatements statements = new PooledStatements(
                    SERVER.database().pool(),
                    Access.READ_WRITE,
                    cancellation,
                    StatementObserver.NONE,
                    WriteTracking.OFF)) {
                new PlanInterpreter()
                        .run(
                                node,
                                new PlanInterpreter.Run(
                                        Map.of(),
                                        new Generators(
                                                Clock.systemUTC(),
                                                new SecureRandom(),
                                                new GeneratorState(new SecureRandom(), "localhost", 1)),
                                        statements,
                                        new PlanInterpreter.Environment(StatementObserver.NONE, cancellation, 1 << 30),
                                        ""));
            }
        };
    }

    private static Map<String, ?> rows(int count) {
        return query("SELECT i AS id, i / 2 AS parent FROM generate_series(1, " + count + ") i");
    }

    @Test
    void parsing() throws Exception {
        byte[] body = ("{\"params\":[" + "[],".repeat(3_000_000) + "[]]}").getBytes(UTF_8);
        stops(
                MemoryUse.REQUESTS,
                body.length + MEGABYTE,
                80 * MEGABYTE,
                cancellation -> PARSER.object(body, new ParsingMemory(cancellation, MemoryUse.REQUESTS)));
    }

    @Test
    void readingRows() throws Exception {
        stops(MemoryUse.RESULTS, MEGABYTE, 100 * MEGABYTE, plan(rows(2_000_000)));
    }

    @Test
    void joining() throws Exception {
        // The rows of both statements use less.
        long rows = 2 * 300_000 * 110L;
        stops(
                MemoryUse.RESULTS,
                rows,
                Long.MAX_VALUE,
                plan(join(rows(300_000), rows(300_000), "children", false, true, "id", "parent")));
    }

    @Test
    void mapping() throws Exception {
        stops(
                MemoryUse.RESPONSES,
                MEGABYTE,
                16 * MEGABYTE,
                plan(dataMap(rows(1_000_000), shape("id", field("int"), "parent", field("int")))));
    }

    @Test
    void writingRawResults() throws Exception {
        stops(
                MemoryUse.RESPONSES,
                MEGABYTE,
                16 * MEGABYTE,
                plan(rawQuery("SELECT i, i / 2 AS half, 'text' AS t FROM generate_series(1, 1000000) i")));
    }
}
