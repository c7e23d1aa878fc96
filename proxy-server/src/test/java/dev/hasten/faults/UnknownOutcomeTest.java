package dev.hasten.faults;

import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.PostgresServer;
import dev.hasten.testing.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A commit whose connection breaks can become visible later. PostgreSQL waits here for a standby that does not exist, so
 * the commit is durable, but not visible until the setting is removed.
 */
@Tag("integration")
final class UnknownOutcomeTest {
    private static final Map<String, ?> READ = query("SELECT \"n\" FROM \"public\".\"counter\"");

    private static void execute(PostgresServer postgres, String... statements) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement()) {
            // For this session, commits must not wait.
            statement.execute("SET synchronous_commit = local");
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static long number(PostgresServer postgres, String sql) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static Connection connect(PostgresServer postgres) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(postgres.port()), "postgres", null);
    }

    private static Reply read(Client client) {
        return client.cachedQuery(READ, "max-age=3600");
    }

    @Test
    void nothingIsStoredUntilTheOutcomeOfALostCommitIsKnown() throws SQLException {
        try (PostgresServer postgres = PostgresServer.stopped().with("synchronous_commit", "on")) {
            postgres.start();
            execute(postgres, "CREATE TABLE counter (n int)", "INSERT INTO counter VALUES (1)");
            try (FaultProxy network = FaultProxy.to(postgres.port());
                    TestServer server = TestServer.on(
                                    "postgresql://postgres@127.0.0.1:%d/postgres".formatted(network.port()))
                            .with("databases.default.cache.invalidation", "writes")
                            .start()) {
                Client client = server.client();
                read(client);
                assertThat(read(client).cacheStatus()).isEqualTo("ttl");
                execute(postgres, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
                await().until(() -> number(
                                postgres,
                                "SELECT count(*) FROM pg_settings WHERE name = 'synchronous_standby_names'"
                                        + " AND setting = 'nobody'")
                        == 1);
                CompletableFuture<Reply> write = client.queryLater(node("execute", raw("UPDATE counter SET n = 2")));
                await().until(() ->
                        number(postgres, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == 1);
                network.begin(new FaultProxy.Refused());
                network.end();
                assertThat(write.join().status()).isNotEqualTo(200);
                // Other connections were cut, too.
                await().until(() -> read(client).status() == 200);
                for (int i = 0; i < 3; i++) {
                    Reply old = read(client);
                    assertThat(old.cacheStatus()).isEqualTo("miss");
                    assertThat(old.data()).isEqualTo("[{\"n\":1}]");
                }
                execute(postgres, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
                await().until(() -> read(client).data().equals("[{\"n\":2}]"));
                await().until(() -> read(client).cacheStatus().equals("ttl"));
                assertThat(read(client).data()).isEqualTo("[{\"n\":2}]");
            }
        }
    }
}
