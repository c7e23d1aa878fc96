package dev.hasten.server;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Responses are fresh while the cache is so small that nearly every read evicts another entry. */
@Tag("integration")
final class CacheEvictionTest {
    private static final int ROWS = 2000;
    private static final int READERS = 6;
    private static final int READS = 500;

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE page (id int PRIMARY KEY, version int NOT NULL, text text NOT NULL)",
            "INSERT INTO page SELECT id, 0, (SELECT string_agg(md5(id || '-' || n), '') FROM generate_series(1, 64) n)"
                    + " FROM generate_series(0, " + (ROWS - 1) + ") id");

    /** The cache has space for a part of the 2,000 responses. */
    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES)
            .with("cache.max_bytes", "1mb")
            .with("databases.default.cache.invalidations_per_second", "100000");

    private static final Client CLIENT = SERVER.client();

    /** The version of each row when its latest invalidation began. */
    private final AtomicIntegerArray invalidated = new AtomicIntegerArray(ROWS);

    private final Set<String> defects = ConcurrentHashMap.newKeySet();
    private final AtomicInteger reading = new AtomicInteger(READERS);

    @Test
    void readAfterAnInvalidationSeesNoOlderRowWhileAThousandEntriesAreEvicted() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < READERS; i++) {
                Random random = new Random(i);
                threads.execute(() -> read(random));
            }
            threads.execute(() -> write(new Random(READERS)));
        }
        assertThat(defects).isEmpty();
        assertThat(SERVER.database().cache().statistics().of(Event.EVICTION)).isGreaterThan(1000);
        assertThat(SERVER.database().cache().statistics().of(Event.HIT)).isPositive();
    }

    private void read(Random random) {
        try {
            for (int i = 0; i < READS; i++) {
                int id = random.nextInt(ROWS);
                int least = invalidated.get(id);
                Reply reply = CLIENT.cachedQuery(
                        query("SELECT \"id\", \"version\", \"text\" FROM \"public\".\"page\" WHERE \"id\" = " + id),
                        "max-age=3600",
                        "page" + id);
                int version = reply.json().at("/data/0/version").asInt(-1);
                if (version < least || reply.json().at("/data/0/id").asInt(-1) != id) {
                    defects.add("row " + id + " has version " + version + " after " + least);
                }
            }
        } finally {
            reading.decrementAndGet();
        }
    }

    private void write(Random random) {
        for (int version = 1; reading.get() > 0; version++) {
            int id = random.nextInt(ROWS);
            POSTGRES.execute("UPDATE page SET version = " + version + " WHERE id = " + id);
            Reply reply = CLIENT.post("/invalidate", "{\"tags\":[\"page" + id + "\"]}");
            if (reply.status() != 200) {
                defects.add(reply.toString());
            }
            invalidated.set(id, version);
        }
    }
}
