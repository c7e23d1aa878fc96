package dev.hasten.writes;

import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.raw;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.config.KeyScope;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Transactions outdate what they have committed, and behave as without the tracking of writes. */
@Tag("integration")
@Tag("postgres-version")
final class WriteTransactionsTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE item (id int PRIMARY KEY)",
            "CREATE TABLE other (id int PRIMARY KEY)",
            "CREATE TABLE part (id int, item_id int REFERENCES item DEFERRABLE INITIALLY DEFERRED)");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES).with("databases.default.cache.invalidation", "writes");

    @RegisterExtension
    static final TestServer TAGS = TestServer.on(POSTGRES);

    private static final Client CLIENT = SERVER.client();

    @BeforeEach
    void fill() {
        POSTGRES.execute("TRUNCATE item, other, part", "INSERT INTO item VALUES (1)", "INSERT INTO other VALUES (1)");
        SERVER.database().cache().invalidateAll("test");
    }

    private static Map<String, ?> execute(String sql) {
        return node("execute", raw(sql));
    }

    private static String status(String table) {
        return CLIENT.cachedQuery(query("SELECT \"id\" FROM \"public\".\"%s\"".formatted(table)), "max-age=3600")
                .cacheStatus();
    }

    private static void warm() {
        for (String table : List.of("item", "other", "part")) {
            status(table);
            assertThat(status(table)).isEqualTo("ttl");
        }
    }

    @Test
    void nothingIsOutdatedBeforeTheCommit() {
        warm();
        String id = CLIENT.startTransaction(Map.of());
        CLIENT.query(id, execute("INSERT INTO item VALUES (2)"));
        assertThat(status("item")).isEqualTo("ttl");
        assertThat(CLIENT.commit(id).status()).isEqualTo(200);
        assertThat(status("item")).isEqualTo("miss");
        assertThat(status("other")).isEqualTo("ttl");
    }

    @Test
    void aRollbackOutdatesNothing() {
        warm();
        String id = CLIENT.startTransaction(Map.of());
        CLIENT.query(id, execute("INSERT INTO item VALUES (2)"));
        CLIENT.rollback(id);
        assertThat(status("item")).isEqualTo("ttl");
    }

    @Test
    void aRolledBackSavepointOutdatesOnlyTheRest() {
        warm();
        String id = CLIENT.startTransaction(Map.of());
        CLIENT.query(id, execute("INSERT INTO item VALUES (2)"));
        CLIENT.query(id, execute("SAVEPOINT here"));
        CLIENT.query(id, execute("INSERT INTO other VALUES (2)"));
        CLIENT.query(id, execute("ROLLBACK TO here"));
        assertThat(CLIENT.commit(id).status()).isEqualTo(200);
        assertThat(status("item")).isEqualTo("miss");
        assertThat(status("other")).isEqualTo("ttl");
    }

    /** SQL that ends the transaction commits what earlier statements wrote. */
    @ParameterizedTest
    @ValueSource(strings = {"COMMIT", "END", "COMMIT AND CHAIN", "PREPARE TRANSACTION 'two_phase'"})
    void aCommitInSqlOutdatesWhatWasWritten(String commit) {
        warm();
        String id = CLIENT.startTransaction(Map.of());
        CLIENT.query(id, execute("INSERT INTO item VALUES (2)"));
        CLIENT.query(id, execute(commit));
        if (commit.startsWith("PREPARE")) {
            warm();
            assertThat(CLIENT.query(execute("COMMIT PREPARED 'two_phase'")).status())
                    .isEqualTo(200);
        }
        assertThat(status("item")).isEqualTo("miss");
        CLIENT.rollback(id);
    }

    @Test
    void aTransactionThatIsOpenedBySqlIsNotCommitted() {
        for (int i = 0; i < 3; i++) {
            warm();
            Reply reply = CLIENT.post(
                    "/query",
                    Client.body(
                            node("seq", List.of(execute("BEGIN"), execute("INSERT INTO item VALUES (77)"))), Map.of()));
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
            assertThat(POSTGRES.value("SELECT count(*) FROM item WHERE id = 77"))
                    .isEqualTo("0");
        }
    }

    /** Deferred constraints are checked just before the commit instead of during it. */
    @ParameterizedTest
    @CsvSource({"interactive", "batch", "single"})
    void aViolatedDeferredConstraintIsTheSameErrorAsWithoutTracking(String way) {
        for (int i = 0; i < 3; i++) {
            Reply tracked = violate(SERVER.client(), way);
            Reply plain = violate(TAGS.client(), way);
            assertThat(tracked.status()).as(tracked.toString()).isEqualTo(plain.status());
            assertThat(tracked.text().replaceAll("[0-9a-f-]{36}", "id"))
                    .isEqualTo(plain.text().replaceAll("[0-9a-f-]{36}", "id"));
            assertThat(POSTGRES.value("SELECT count(*) FROM part")).isEqualTo("0");
        }
    }

    private static Reply violate(Client client, String way) {
        String insert = "INSERT INTO part VALUES (1, 4711)";
        return switch (way) {
            case "interactive" -> {
                String id = client.startTransaction(Map.of());
                assertThat(client.query(id, execute(insert)).status()).isEqualTo(200);
                yield client.commit(id);
            }
            case "batch" ->
                client.post(
                        "/sql",
                        JsonMapper.shared().writeValueAsString(Map.of("queries", List.of(Map.of("query", insert)))));
            default -> client.query(execute(insert));
        };
    }

    @Test
    void queryEventsDoNotShowTheTransactionOfAStatementThatIsNotProvedYet() {
        String body = Client.body(execute("UPDATE other SET id = id"), Map.of());
        Map<String, String> capture = Map.of("X-capture-telemetry", "query");
        Reply tracked = CLIENT.post("/query", body.getBytes(UTF_8), capture);
        assertThat(tracked.text()).contains("UPDATE other").doesNotContain("COMMIT", "BEGIN");
    }

    @Test
    void twoNamesOfOneDatabaseOutdateEachOthersData() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("databases.default.cache.invalidation", "writes")
                .with("databases.twin.url", POSTGRES.url().replace("127.0.0.1", "localhost"))
                .start()) {
            String twin = server.server()
                    .keys()
                    .create("twin", "twin", KeyScope.DEFAULT, null)
                    .token();
            Map<String, ?> read = query("SELECT \"id\" FROM \"public\".\"item\"");
            server.client().cachedQuery(read, "max-age=3600");
            // The first connection of the other name shows that both are the same database.
            server.clientWithKey(twin).query(execute("INSERT INTO other VALUES (5)"));
            server.client().cachedQuery(read, "max-age=3600");
            assertThat(server.client().cachedQuery(read, "max-age=3600").cacheStatus())
                    .isEqualTo("ttl");
            server.clientWithKey(twin).query(execute("INSERT INTO item VALUES (5)"));
            assertThat(server.client().cachedQuery(read, "max-age=3600").cacheStatus())
                    .isEqualTo("miss");
        }
    }
}
