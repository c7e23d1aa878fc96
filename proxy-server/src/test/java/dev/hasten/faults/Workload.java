package dev.hasten.faults;

import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.seq;
import static dev.hasten.testing.Plans.transaction;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Clients that read and write all the time. Each write has an id of its own, and one or two rows in the {@link Ledger}. */
final class Workload implements AutoCloseable {
    private static final int CLIENTS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicLong IDS = new AtomicLong();

    /** Errors that a client must expect while its database fails; see docs/differences.md for those of Prisma. */
    private static final Set<String> EXPECTED =
            Set.of(("P1001 P1017 P2010 P2024 P2028 P2034 P2037 P2039 P5011 P6004 " + // of Prisma
                            "08001 08006 25006 53300 57014 57P01 57P02 57P03") // SQLSTATEs, from the SQL routes
                    .split(" "));

    /** How a write ended. */
    private enum Outcome {
        ACKNOWLEDGED,
        /** The response was an error. PostgreSQL may have committed nevertheless. */
        UNKNOWN,
        /** There was no response. */
        LOST
    }

    private record Write(int rows, Outcome outcome) {}

    private final Client client;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Long, Write> writes = new ConcurrentHashMap<>();
    private final Map<String, Integer> errors = new ConcurrentHashMap<>();
    private final Set<String> defects = ConcurrentHashMap.newKeySet();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong finished = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean stopping;

    Workload(Client client) {
        this.client = client;
        for (int i = 0; i < CLIENTS; i++) {
            int first = i;
            threads.execute(() -> run(first));
        }
    }

    private void run(int first) {
        for (int turn = first; !stopping; turn++) {
            long id = IDS.incrementAndGet();
            try {
                switch (turn % 5) {
                    case 0 -> wrote(id, 1, client.query(insert(id, 1)));
                    case 1 -> wrote(id, 2, client.query(transaction(seq(insert(id, 1), insert(id, 2)))));
                    case 2 -> wrote(id, 2, interactive(id));
                    case 3 -> wrote(id, 2, sqlBatch(id));
                    default -> read(id);
                }
            } catch (RuntimeException | Error e) {
                writes.put(id, new Write(0, Outcome.LOST));
                if (!isClosedByClient(e)) {
                    defects.add(e.toString());
                }
            }
        }
    }

    /** Java's client sometimes closes a connection when the response is faster than its own bookkeeping. */
    private static boolean isClosedByClient(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(cause -> "connection closed locally".equals(cause.getMessage()));
    }

    private static Map<String, ?> insert(long id, int part) {
        return execute("INSERT INTO ledger VALUES (?, " + part + ")", id);
    }

    private Reply interactive(long id) {
        Reply started = client.post("/transaction/start", "{}");
        if (started.status() != 200) {
            return started;
        }
        String transaction = started.json().get("id").stringValue();
        for (int part = 1; part <= 2; part++) {
            Reply inserted = client.query(transaction, insert(id, part));
            if (inserted.status() != 200) {
                client.rollback(transaction);
                return inserted;
            }
        }
        return client.commit(transaction);
    }

    private Reply sqlBatch(long id) {
        String queries = """
                {"queries":[{"query":"INSERT INTO ledger VALUES ($1, 1)","params":[%1$d]},\
                {"query":"INSERT INTO ledger VALUES ($1, 2)","params":[%1$d]}]}""".formatted(id);
        return client.post("/sql", queries.getBytes(UTF_8), Map.of());
    }

    private void wrote(long id, int rows, Reply reply) {
        boolean success = ended(reply);
        writes.put(id, new Write(rows, success ? Outcome.ACKNOWLEDGED : Outcome.UNKNOWN));
        if (success) {
            acknowledged.incrementAndGet();
        }
    }

    /** A connection that is out of sync would return the row of another request. */
    private void read(long id) {
        Reply reply = client.query(rawQuery("SELECT $1::int8 AS id", id));
        if (ended(reply) && reply.json().at("/data/rows/0/0").asLong() != id) {
            defects.add("read of " + id + ": " + reply);
        }
    }

    private boolean ended(Reply reply) {
        finished.incrementAndGet();
        if (reply.status() == 200) {
            return true;
        }
        failed.incrementAndGet();
        errors.merge(reply.status() + " " + reply.code(), 1, Integer::sum);
        if (reply.status() == 500
                || !EXPECTED.contains(reply.code())
                || reply.text().contains("Exception")) {
            defects.add("unexpected error: " + reply);
        }
        return false;
    }

    /** Waits for further writes that succeed. */
    void awaitAcknowledged(int count) {
        long wanted = acknowledged.get() + count;
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(acknowledged.get())
                        .as("acknowledged writes; errors: %s, defects: %s", errors, defects)
                        .isGreaterThanOrEqualTo(wanted));
    }

    /** Waits until a number of further requests has failed, or a larger number has ended. */
    void awaitFailedOrFinished(int failures, int requests) {
        long wanted = failed.get() + failures;
        long total = finished.get() + requests;
        await().atMost(PATIENCE).until(() -> failed.get() >= wanted || finished.get() >= total);
    }

    /** Waits for the running requests, and starts no more. */
    void stop() {
        stopping = true;
        threads.close();
    }

    /**
     * Checks the ledger, after {@link #stop}.
     *
     * @param rows the number of rows of each id in the table
     */
    void check(Map<Long, Integer> rows) {
        assertThat(defects).isEmpty();
        writes.forEach((id, write) -> {
            int found = rows.getOrDefault(id, 0);
            boolean correct = switch (write.outcome()) {
                case ACKNOWLEDGED -> found == write.rows();
                case UNKNOWN -> found == 0 || found == write.rows();
                case LOST -> found <= 2;
            };
            assertThat(correct)
                    .as("write %d is %s and has %d of %d rows", id, write.outcome(), found, write.rows())
                    .isTrue();
        });
        assertThat(writes.keySet()).as("writes that clients know of").containsAll(rows.keySet());
    }

    @Override
    public void close() {
        stop();
    }
}
