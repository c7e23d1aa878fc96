package dev.hasten.writes;

import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.raw;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.CacheStatistics;
import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.json.JsonMapper;

/**
 * Nobody who saw the response of a write reads older data, and with the stream, nobody reads data that is older than the
 * bound: 8 writers, half of them not through Hasten, and 32 readers with a ttl of an hour. Counters only grow, so a
 * reader that gets less than what was acknowledged before its request has read old data. In the second half of the run
 * with the stream, a synchronous standby keeps commits invisible for some time.
 *
 * <p>{@code -Dhasten.current-reads.seconds=60} sets the duration.
 */
@Tag("integration")
final class CurrentReadsTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int TABLES = 8;
    private static final int WRITERS = 4;
    private static final int READERS = 32;
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("hasten.current-reads.seconds", 5));

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(tables());

    private static String[] tables() {
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE command (target int)");
        for (int i = 0; i < TABLES; i++) {
            statements.add("CREATE TABLE counter_%d (id int PRIMARY KEY, n bigint)".formatted(i));
            statements.add("INSERT INTO counter_%d VALUES (1, 0)".formatted(i));
        }
        // Not provable, because the statement is dynamic.
        statements.add("""
                CREATE FUNCTION obey() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN EXECUTE format('UPDATE counter_%s SET n = n + 1', NEW.target); RETURN NULL; END $$""");
        statements.add("CREATE TRIGGER obey AFTER INSERT ON command FOR EACH ROW EXECUTE FUNCTION obey()");
        return statements.toArray(String[]::new);
    }

    /** With the stream, a read contains what was acknowledged longer ago than this. */
    private static final Duration BOUND = Duration.ofSeconds(1);

    /**
     * What happened in a run.
     *
     * @param violations reads that were older than a write through Hasten that was acknowledged before
     * @param tooOld reads that were older than any write that was acknowledged longer ago than the bound
     * @param ages how long ago the data of each read was replaced, in nanoseconds, sorted
     */
    private record Outcome(long reads, long violations, long tooOld, double hitRate, List<Long> ages) {
        double ageMillis(double quantile) {
            return ages.isEmpty() ? 0 : ages.get((int) (quantile * (ages.size() - 1))) / 1e6;
        }
    }

    /** A run of writers and readers. */
    private static final class Run {
        private final TestServer server;
        private final AtomicLongArray acknowledged = new AtomicLongArray(TABLES);
        private final LongAdder reads = new LongAdder();
        private final LongAdder violations = new LongAdder();
        private final LongAdder tooOld = new LongAdder();
        private final ConcurrentLinkedQueue<Long> ages = new ConcurrentLinkedQueue<>();
        /** When each value of each counter was acknowledged. */
        private final List<ConcurrentNavigableMap<Long, Long>> history = IntStream.range(0, TABLES)
                .<ConcurrentNavigableMap<Long, Long>>mapToObj(_ -> new ConcurrentSkipListMap<>())
                .toList();

        private final long end = System.nanoTime() + TIME.toNanos();

        private final boolean pausesStandby;

        Run(TestServer server, boolean pausesStandby) {
            this.server = server;
            this.pausesStandby = pausesStandby;
        }

        Outcome outcome() throws InterruptedException, ExecutionException {
            List<Future<?>> tasks = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                if (pausesStandby) {
                    // Not from the start, so that commits are also seen without it.
                    tasks.add(threads.submit(() -> {
                        LockSupport.parkNanos(TIME.toNanos() / 2);
                        return pauseStandby(end);
                    }));
                }
                for (int i = 0; i < WRITERS; i++) {
                    int writer = i;
                    tasks.add(threads.submit(() -> write(writer)));
                    tasks.add(threads.submit(() -> writeDirectly(writer % 2 == 0 ? "on" : "off")));
                }
                for (int i = 0; i < READERS; i++) {
                    tasks.add(threads.submit(this::read));
                }
            }
            for (Future<?> task : tasks) {
                task.get();
            }
            CacheStatistics statistics = server.database().cache().statistics();
            double hits = statistics.of(Event.HIT);
            return new Outcome(
                    reads.sum(),
                    violations.sum(),
                    tooOld.sum(),
                    hits / (hits + statistics.of(Event.MISS)),
                    ages.stream().sorted().toList());
        }

        private boolean goesOn() {
            return System.nanoTime() - end < 0;
        }

        /** Leaves time for hits between the writes of a table. */
        private static void pause() {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(10_000_000));
        }

        private static int someTable() {
            return ThreadLocalRandom.current().nextInt(TABLES);
        }

        private void write(int writer) {
            for (int round = writer; goesOn(); round++) {
                int table = someTable();
                long written = written(round % 4, table);
                acknowledged.accumulateAndGet(table, written, Math::max);
                history.get(table).put(written, System.nanoTime());
                pause();
            }
        }

        /** Returns the value of the counter when it was written, or a lower one. */
        private long written(int way, int table) {
            Client client = server.client();
            String update = "UPDATE counter_%d SET n = n + 1 RETURNING n".formatted(table);
            return switch (way) {
                case 0 -> number(client.post("/sql", JSON.writeValueAsString(Map.of("query", update))), "/rows/0/n");
                case 1 ->
                    number(
                            client.post(
                                    "/sql",
                                    JSON.writeValueAsString(Map.of(
                                            "queries", List.of(Map.of("query", "SELECT 1"), Map.of("query", update))))),
                            "/results/1/rows/0/n");
                case 2 -> {
                    String id = client.startTransaction(Map.of());
                    long value = number(client.query(id, node("query", raw(update))), "/data/rows/0/0");
                    succeeded(client.commit(id));
                    yield value;
                }
                default -> {
                    // The read in the transaction returns what the trigger has written.
                    String id = client.startTransaction(Map.of());
                    succeeded(client.query(id, node("execute", raw("INSERT INTO command VALUES (" + table + ")"))));
                    long value = number(
                            client.query(id, node("query", raw("SELECT n FROM counter_" + table))), "/data/rows/0/0");
                    succeeded(client.commit(id));
                    yield value;
                }
            };
        }

        private static void succeeded(Reply reply) {
            if (reply.status() != 200) {
                throw new AssertionError(reply.toString());
            }
        }

        private static long number(Reply reply, String path) {
            succeeded(reply);
            return Long.parseLong(reply.json().at(path).asString(""));
        }

        /** @param synchronousCommit {@code off} acknowledges commits before they are on disk */
        private Void writeDirectly(String synchronousCommit) throws SQLException {
            try (Connection connection = POSTGRES.connection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET synchronous_commit = " + synchronousCommit);
                while (goesOn()) {
                    int table = someTable();
                    try (ResultSet row =
                            statement.executeQuery("UPDATE counter_%d SET n = n + 1 RETURNING n".formatted(table))) {
                        row.next();
                        history.get(table).put(row.getLong(1), System.nanoTime());
                    }
                    pause();
                }
            }
            return null;
        }

        private void read() {
            while (goesOn()) {
                int table = someTable();
                long least = acknowledged.get(table);
                long began = System.nanoTime();
                Reply reply;
                try {
                    reply = server.client()
                            .cachedQuery(
                                    query("SELECT \"n\" FROM \"public\".\"counter_%d\"".formatted(table)),
                                    "max-age=3600");
                } catch (UncheckedIOException e) {
                    // The JDK's client sometimes closes a connection itself.
                    continue;
                }
                reads.increment();
                long value = number(reply, "/data/0/n");
                if (value < least) {
                    violations.increment();
                }
                // The first newer value that was acknowledged; its writer may have recorded it a moment later.
                Map.Entry<Long, Long> newer = history.get(table).higherEntry(value);
                long age = newer == null ? 0 : Math.max(0, began - newer.getValue());
                ages.add(age);
                if (age > BOUND.toNanos()) {
                    tooOld.increment();
                }
            }
        }
    }

    private static Outcome run(String invalidation, boolean pausesStandby)
            throws InterruptedException, ExecutionException {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("databases.default.cache.invalidation", invalidation)
                .with("databases.default.cache.stream.bound", BOUND.toMillis() + "ms")
                .with("pool.size", 20)
                .start()) {
            return new Run(server, pausesStandby).outcome();
        }
    }

    @Test
    void nobodyReadsOlderDataThanAnAcknowledgedWrite() throws InterruptedException, ExecutionException {
        Outcome outcome = run("writes", false);
        System.out.printf(
                "current reads: %d reads, %d too old, hit rate %.2f%n",
                outcome.reads(), outcome.violations(), outcome.hitRate());
        assertThat(outcome.violations()).isZero();
        assertThat(outcome.hitRate()).as("hit rate").isGreaterThan(0.05);
    }

    /**
     * A synchronous standby that does not answer from time to time: commits are in the log, but not visible yet. Only
     * transactions with {@code synchronous_commit = on} wait for it.
     */
    private static Void pauseStandby(long end) throws SQLException {
        try (Connection connection = POSTGRES.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET synchronous_commit = off");
            while (System.nanoTime() - end < 0) {
                for (String standby : List.of("nobody", "")) {
                    statement.execute("ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'");
                    statement.execute("SELECT pg_reload_conf()");
                    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(200_000_000));
                }
            }
        }
        return null;
    }

    @AfterEach
    void resetPostgres() {
        POSTGRES.execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
    }

    @Test
    void withTheStreamNobodyReadsOlderDataThanTheBound() throws InterruptedException, ExecutionException {
        POSTGRES.execute("ALTER DATABASE %s SET synchronous_commit = on".formatted(POSTGRES.name()));
        Outcome outcome = run("stream", true);
        System.out.printf(
                "current reads with the stream: %d reads, %d too old, %d older than an own write, hit rate %.2f; age p50 %.1f ms,"
                        + " p99 %.1f ms, maximum %.1f ms%n",
                outcome.reads(),
                outcome.tooOld(),
                outcome.violations(),
                outcome.hitRate(),
                outcome.ageMillis(0.5),
                outcome.ageMillis(0.99),
                outcome.ageMillis(1));
        assertThat(outcome.violations()).isZero();
        assertThat(outcome.tooOld()).isZero();
        assertThat(outcome.hitRate()).as("hit rate").isGreaterThan(0.05);
    }

    @Test
    void theCheckFindsACacheThatDoesNotKnowOfWrites() throws InterruptedException, ExecutionException {
        Outcome outcome = run("tags", false);
        assertThat(outcome.violations()).isPositive();
        assertThat(outcome.tooOld()).isPositive();
    }
}
