package dev.hasten.invalidation;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.config.KeyScope;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The promises of {@code POST /schema/invalidate}, and what holds without it. */
@Tag("integration")
final class SchemaChangeRouteTest {
    private static final Map<String, ?> READ = query("SELECT * FROM \"public\".\"item\" WHERE \"id\" = ?", "1");
    private static final String HOUR = "max-age=3600";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    /** Each test has its own server, so its schema epoch starts at zero. */
    @RegisterExtension
    final TestServer server = TestServer.on(POSTGRES).with("databases.default.cache.invalidations_per_second", 0);

    private final Client client = server.client();
    private Client pipeline;

    @BeforeEach
    void createTableAndKey() {
        POSTGRES.execute("DROP TABLE IF EXISTS item", "CREATE TABLE item AS SELECT 1 AS id, 'x'::text AS a");
        pipeline = server.clientWithKey(server.server()
                .keys()
                .create("pipeline", "default", Set.of(KeyScope.SCHEMA), null)
                .token());
    }

    private long migrated() {
        Reply reply = pipeline.post("/schema/invalidate", "");
        assertThat(reply.status()).as(reply::toString).isEqualTo(200);
        return reply.json().get("schemaEpoch").longValue();
    }

    @Test
    void storedResponsesOfTheOldSchemaAreUnreachable() {
        client.cachedQuery(READ, HOUR);
        POSTGRES.execute("ALTER TABLE item ADD b int DEFAULT 7");
        assertThat(client.cachedQuery(READ, HOUR).cacheStatus()).isEqualTo("ttl");
        long epoch = migrated();
        Reply reply = client.cachedQuery(READ, HOUR);
        assertThat(reply.cacheStatus()).isEqualTo("miss");
        assertThat(reply.data()).contains("\"b\":7");
        assertThat(migrated()).isEqualTo(epoch + 1);
        assertThat(server.database().cache().size()).isZero();
    }

    @Test
    void connectionsOfTheOldSchemaAreRetiredWithoutDisturbingRunningQueries() throws Exception {
        client.query(READ);
        List<String> before = backends();
        String transaction = client.startTransaction(Map.of());
        assertThat(client.query(transaction, READ).status()).isEqualTo(200);
        migrated();
        assertThat(client.query(transaction, READ).status()).isEqualTo(200);
        assertThat(client.commit(transaction).status()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(backends()).isNotEmpty().doesNotContainAnyElementsOf(before));
        assertThat(client.query(READ).status()).isEqualTo(200);
    }

    private static List<String> backends() {
        return POSTGRES.column("SELECT pid FROM pg_stat_activity WHERE datname = '" + POSTGRES.name()
                + "' AND backend_type = 'client backend' AND pid <> pg_backend_pid()");
    }

    @Test
    void aKeyWithoutTheScopeIsRefused() {
        Reply reply = client.post("/schema/invalidate", "");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.code()).isEqualTo("P6002");
        assertThat(reply.error()).contains("this call requires schema");
        assertThat(server.database().cache().schemaEpoch()).isZero();
    }

    @Test
    void aQueryThatRunsWhileTheSchemaChangesIsNotStored() throws SQLException {
        try (Connection blocker = POSTGRES.connection();
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("LOCK TABLE item IN ACCESS EXCLUSIVE MODE");
            var early = client.cachedQueryLater(READ, HOUR);
            await().until(() -> server.server().runningRequests() == 1);
            migrated();
            statement.execute("ALTER TABLE item ADD b int DEFAULT 7");
            var late = client.cachedQueryLater(READ, HOUR);
            await().until(() -> server.server().runningRequests() == 2);
            blocker.commit();
            assertThat(early.join().status()).isEqualTo(200);
            assertThat(late.join().data()).contains("\"b\":7");
        }
        assertThat(client.cachedQuery(READ, HOUR).data()).contains("\"b\":7");
    }

    /**
     * Sends 200 requests per second, cached and uncached, while columns are added, dropped, renamed and change their
     * type. Each migration is followed by the hook.
     */
    @Test
    @Tag("postgres-version")
    void migrationsUnderLoadCauseNeitherErrorsNorResponsesInTheOldShape() throws Exception {
        record Migration(String sql, String shape) {}
        List<Migration> cycle = List.of(
                new Migration("ALTER TABLE item ADD b int DEFAULT 7", "[{\"id\":1,\"a\":\"x\",\"b\":7}]"),
                new Migration("ALTER TABLE item ALTER b TYPE text", "[{\"id\":1,\"a\":\"x\",\"b\":\"7\"}]"),
                new Migration("ALTER TABLE item RENAME b TO c", "[{\"id\":1,\"a\":\"x\",\"c\":\"7\"}]"),
                new Migration("ALTER TABLE item ALTER id TYPE bigint", "[{\"id\":\"1\",\"a\":\"x\",\"c\":\"7\"}]"),
                new Migration("ALTER TABLE item DROP c", "[{\"id\":\"1\",\"a\":\"x\"}]"),
                new Migration("ALTER TABLE item ALTER id TYPE int", "[{\"id\":1,\"a\":\"x\"}]"));
        Queue<String> errors = new ConcurrentLinkedQueue<>();
        AtomicInteger responses = new AtomicInteger();
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var ticking = clock.scheduleAtFixedRate(
                    () -> callers.execute(() -> {
                        int turn = responses.get() % 3;
                        Reply reply = turn == 0
                                ? client.query(READ)
                                : client.cachedQuery(READ, turn == 1 ? HOUR : "stale-while-revalidate=60");
                        if (reply.status() != 200) {
                            errors.add(reply.toString());
                        }
                        responses.incrementAndGet();
                    }),
                    0,
                    5,
                    TimeUnit.MILLISECONDS);
            for (int round = 0; round < 3; round++) {
                for (Migration migration : cycle) {
                    POSTGRES.execute(migration.sql());
                    migrated();
                    int seen = responses.get();
                    for (String times : List.of(HOUR, "stale-while-revalidate=60", "no-cache")) {
                        assertThat(client.cachedQuery(READ, times).data())
                                .as(migration.sql())
                                .isEqualTo(migration.shape());
                    }
                    await().pollInterval(Duration.ofMillis(5)).until(() -> responses.get() > seen + 20);
                }
            }
            ticking.cancel(false);
        }
        assertThat(errors).isEmpty();
        assertThat(responses.get()).isGreaterThan(300);
    }
}
