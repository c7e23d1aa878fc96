package dev.hasten.postgres;

import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawExecute;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Results and responses that are too large end early, and only affect their own request. */
@Tag("integration")
@Tag("postgres-version")
final class ResultLimitTest {
    private static final long MEGABYTE = 1 << 20;

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES)
            .with("pool.size", 1)
            // Reading a huge field takes long on a busy machine.
            .with("limits.query_timeout", "2m")
            .with("limits.max_response_bytes", "100kb")
            .with("limits.max_result_bytes", "1mb");

    private static String pid() {
        return SERVER.client().query(query("SELECT pg_backend_pid() AS pid")).data();
    }

    private static void tooLarge(Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(422);
        assertThat(reply.code()).isEqualTo("P6009");
    }

    @Test
    void millionsOfRowsAreCutOffWhileTheyStream() {
        // 1e9 rows would take minutes, so a response within the time limit means that the statement was cancelled.
        tooLarge(SERVER.client().query(query("SELECT generate_series(1, 1000000000) AS n")));
    }

    @Test
    void discardedRowsAlsoCount() {
        tooLarge(SERVER.client().query(rawExecute("SELECT generate_series(1, 1000000000)")));
        tooLarge(SERVER.client().query(rawExecute("SELECT 1; SELECT generate_series(1, 1000000000)")));
    }

    @Test
    void noticesAlsoCount() {
        tooLarge(SERVER.client()
                .query(rawExecute("DO $$ BEGIN FOR i IN 1..100000000 LOOP RAISE NOTICE 'x'; END LOOP; END $$")));
    }

    @Test
    void copiedRowsAlsoCount() {
        Reply reply = SERVER.client().query(rawExecute("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT"));
        assertThat(reply.status()).isBetween(400, 499);
        assertThat(reply.code()).isNotEqualTo("P6004");
        pid();
    }

    @Test
    void responseLargerThanTheLimitIsRejected() {
        Reply reply = SERVER.client().query(rawQuery("SELECT repeat('x', 200000)"));
        tooLarge(reply);
        assertThat(reply.error()).contains("102400 bytes");
        tooLarge(SERVER.client().query(query("SELECT repeat('\"', 60000) AS t")));
        tooLarge(SERVER.client().query(value("x".repeat(200_000))));
    }

    @Test
    void responseUpToTheLimitIsSent() {
        assertThat(SERVER.client()
                        .query(query("SELECT repeat('x', 102000) AS t"))
                        .data())
                .hasSizeGreaterThan(102_000);
    }

    @Test
    void connectionIsReusedAfterwards() {
        Set<String> pids = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            tooLarge(SERVER.client().query(query("SELECT generate_series(1, 1000000000) AS n")));
            assertThat(SERVER.client().query(query("SELECT " + i + " AS n")).data())
                    .isEqualTo("[{\"n\":" + i + "}]");
            pids.add(pid());
        }
        // If the cancel request takes so long that the driver's own limit is reached first, the connection is closed.
        assertThat(pids).as("connections for 20 results that were too large").hasSizeLessThan(10);
    }

    @Test
    void memoryStaysBoundedForManyRows() {
        assertThat(peakMegabytes(
                        () -> tooLarge(SERVER.client().query(query("SELECT generate_series(1, 1000000000) AS n")))))
                .isLessThan(200);
    }

    @Test
    void memoryStaysBoundedForOneHugeField() {
        assertThat(peakMegabytes(() -> tooLarge(SERVER.client().query(query("SELECT repeat('x', 400000000) AS t")))))
                .isLessThan(200);
    }

    /** Returns the increase of the heap's peak usage in MB. */
    private static long peakMegabytes(Runnable work) {
        List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
        System.gc();
        heap.forEach(MemoryPoolMXBean::resetPeakUsage);
        long before = heap.stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
        work.run();
        long peak =
                heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
        return (peak - before) / MEGABYTE;
    }

    @Test
    void writeWithATooLargeResultIsRolledBack() {
        POSTGRES.execute("CREATE TABLE item (t text)");
        Reply reply = SERVER.client()
                .query(dev.hasten.testing.Plans.transaction(
                        query("INSERT INTO item SELECT repeat('x', 1000) FROM generate_series(1, 5000) RETURNING t")));
        tooLarge(reply);
        assertThat(POSTGRES.value("SELECT count(*) FROM item")).isEqualTo("0");
        assertThat(SERVER.client()
                        .query(execute("INSERT INTO item VALUES ('x')"))
                        .data())
                .isEqualTo("1");
    }

    @Test
    void connectionThatReceivedManyNotificationsIsReplaced() {
        POSTGRES.execute(
                "CREATE FUNCTION listen() RETURNS int LANGUAGE plpgsql AS 'BEGIN LISTEN c; RETURN 1; END'",
                "CREATE VIEW listening AS SELECT listen()");
        SERVER.client().query(query("SELECT * FROM listening"));
        String listening = pid();
        POSTGRES.execute("SELECT count(pg_notify('c', repeat('x', 7000) || g)) FROM generate_series(1, 500) g");
        await().untilAsserted(() -> assertThat(pid()).isNotEqualTo(listening));
    }
}
