package dev.hasten.faults;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.PostgresServer;
import dev.hasten.testing.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** After a fail-over, the change stream follows the new primary, and nothing that was cached before is used. */
@Tag("integration")
@Tag("faults")
final class StreamFailoverTest {
    private static final Map<String, ?> READ = query("SELECT \"n\" FROM \"public\".\"counter\"");
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static void execute(PostgresServer postgres, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(postgres.port()), "postgres", null);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static Reply read(TestServer server) {
        return server.client().cachedQuery(READ, "max-age=3600");
    }

    private static void awaitHit(TestServer server, int n) {
        await().atMost(PATIENCE).until(() -> read(server).cacheStatus().equals("ttl"));
        assertThat(read(server).data()).isEqualTo("[{\"n\":%d}]".formatted(n));
    }

    @Test
    void promotedStandbyIsFollowed() throws SQLException {
        try (PostgresServer primary = PostgresServer.stopped().with("synchronous_commit", "on")) {
            primary.start();
            execute(primary, "CREATE TABLE counter (n int)", "INSERT INTO counter VALUES (1)");
            primary.stop();
            try (PostgresServer standby = primary.standby()) {
                primary.with("synchronous_standby_names", "*").start();
                standby.start();
                String hosts = "127.0.0.1:" + primary.port() + ",127.0.0.1:" + standby.port();
                try (TestServer server = TestServer.on(
                                "postgresql://postgres@" + hosts + "/postgres?target_session_attrs=primary")
                        .with("databases.default.cache.invalidation", "stream")
                        .with("limits.query_timeout", "5s")
                        .start()) {
                    awaitHit(server, 1);
                    execute(primary, "UPDATE counter SET n = 2");
                    await().untilAsserted(() -> assertThat(read(server).data()).isEqualTo("[{\"n\":2}]"));
                    awaitHit(server, 2);

                    primary.kill();
                    execute(standby, "SELECT pg_promote()", "UPDATE counter SET n = 3");
                    long acknowledged = System.nanoTime();
                    await().atMost(PATIENCE).until(() -> {
                        boolean mayBeOld = System.nanoTime() - acknowledged
                                < Duration.ofSeconds(1).toNanos();
                        Reply reply = read(server);
                        assertThat(mayBeOld
                                        || reply.status() != 200
                                        || reply.data().equals("[{\"n\":3}]"))
                                .as(reply.toString())
                                .isTrue();
                        return reply.status() == 200 && reply.cacheStatus().equals("ttl");
                    });
                    execute(standby, "UPDATE counter SET n = 4");
                    await().untilAsserted(() -> assertThat(read(server).data()).isEqualTo("[{\"n\":4}]"));
                    awaitHit(server, 4);
                }
            }
        }
    }
}
