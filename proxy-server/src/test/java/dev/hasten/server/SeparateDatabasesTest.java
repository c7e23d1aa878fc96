package dev.hasten.server;

import static dev.hasten.testing.Plans.dataMap;
import static dev.hasten.testing.Plans.field;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.shape;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.DataProxyClient;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two databases of one server, with the same tables, key names and scopes, share nothing that their clients can see. */
@Tag("integration")
final class SeparateDatabasesTest {
    private static final String OTHER_KEY = "other-key-0123456789-abcdefghijklmnop";
    private static final String HOUR = "max-age=3600";
    private static final String SQL = "{\"query\":\"SELECT name FROM item\",\"params\":[]}";
    private static final String FIND = "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":"
            + "{\"arguments\":{},\"selection\":{\"$scalars\":true}}}";
    private static final String SCHEMA = """
            generator client {
              provider = "prisma-client-js"
            }
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }
            model Item {
              id   Int    @id
              name String
              @@map("item")
            }
            """;
    private static final Map<String, ?> READ = dataMap(
            query("SELECT \"id\", \"name\" FROM \"public\".\"item\" WHERE \"id\" = ?", 1),
            shape("id", field("int"), "name", field("string")));
    private static final Map<String, ?> SLOW =
            dataMap(query("SELECT 'x' AS name FROM pg_sleep(60)"), shape("name", field("string")));

    @RegisterExtension
    static final TestPostgres POSTGRES =
            TestPostgres.with("CREATE TABLE item (id int, name text)", "INSERT INTO item VALUES (1, 'first')");

    @RegisterExtension
    static final TestPostgres OTHER =
            TestPostgres.with("CREATE TABLE item (id int, name text)", "INSERT INTO item VALUES (1, 'other')");

    @RegisterExtension
    final TestServer server = TestServer.on(POSTGRES)
            .with("pool.size", 1)
            .with("pool.max_waiting", 0)
            .with("limits.max_transactions", 1)
            .with("databases.other.keys[0].name", "config")
            .with("databases.other.keys[0].secret", OTHER_KEY)
            .with("databases.other.pool.size", 2)
            .with("databases.other.url", OTHER.url());

    private final Client first = server.client();
    private final Client other = server.clientWithKey(OTHER_KEY);

    private static Reply cachedSql(Client client) {
        return client.post(
                "/sql", SQL.getBytes(UTF_8), Map.of("cache-control", HOUR, "accelerate-cache-tags", "items"));
    }

    @Test
    void theSameCachedQueryReturnsTheRowsOfItsOwnDatabase() {
        for (String status : new String[] {"miss", "ttl"}) {
            Reply mine = first.cachedQuery(READ, HOUR, "items");
            Reply theirs = other.cachedQuery(READ, HOUR, "items");
            assertThat(mine.data()).contains("first").doesNotContain("other");
            assertThat(theirs.data()).contains("other").doesNotContain("first");
            assertThat(mine.cacheStatus()).isEqualTo(status);
            assertThat(theirs.cacheStatus()).isEqualTo(status);

            Reply mySql = cachedSql(first);
            Reply theirSql = cachedSql(other);
            assertThat(mySql.text()).contains("first").doesNotContain("other");
            assertThat(theirSql.text()).contains("other").doesNotContain("first");
            assertThat(theirSql.cacheStatus()).isEqualTo(mySql.cacheStatus()).isEqualTo(status);
        }
    }

    @Test
    void invalidationsReachOnlyTheirOwnDatabase() {
        first.cachedQuery(READ, HOUR, "items");
        other.cachedQuery(READ, HOUR, "items");
        assertThat(other.post("/invalidate", "{\"tags\":[\"items\"]}").status()).isEqualTo(200);
        assertThat(other.post("/invalidate", "{\"tags\":\"all\"}").status()).isEqualTo(200);
        assertThat(first.cachedQuery(READ, HOUR, "items").cacheStatus()).isEqualTo("ttl");
        assertThat(other.cachedQuery(READ, HOUR, "items").cacheStatus()).isEqualTo("miss");
    }

    @Test
    void transactionOfAnotherDatabaseDoesNotExist() {
        String transaction = other.startTransaction(Map.of());
        String unknown = "00000000-0000-4000-8000-000000000000";
        assertThat(first.query(transaction, READ).text())
                .isEqualTo(first.query(unknown, READ).text().replace(unknown, transaction));
        assertThat(first.commit(transaction).text())
                .isEqualTo(first.commit(unknown).text().replace(unknown, transaction));
        assertThat(first.rollback(transaction).text())
                .isEqualTo(first.rollback(unknown).text().replace(unknown, transaction));
        assertThat(other.query(transaction, READ).data()).contains("other");
        assertThat(other.commit(transaction).status()).isEqualTo(200);
    }

    @Test
    void uploadedSchemaOfAnotherDatabaseIsUnknown() {
        DataProxyClient theirs = new DataProxyClient(other, "6.19.0", SCHEMA);
        DataProxyClient mine = new DataProxyClient(first, "6.19.0", SCHEMA);
        assertThat(theirs.upload().status()).isEqualTo(200);
        assertThat(theirs.graphql(FIND).text()).contains("other");
        assertThat(mine.graphql(FIND).text()).contains("SchemaMissing");
        assertThat(mine.upload().status()).isEqualTo(200);
        assertThat(mine.graphql(FIND).text()).contains("first").doesNotContain("other");
    }

    /** One connection and no queue: anything that the databases shared would fail at once. */
    @Test
    void busyPoolAndOpenTransactionDoNotAffectTheOtherDatabase() {
        CompletableFuture<Reply> slow = first.queryLater(SLOW);
        await().until(() -> server.database().pool().active() == 1);
        assertThat(other.query(READ).data()).contains("other");
        assertThat(first.postLater("/query", Client.body(READ, Map.of())).join().status())
                .isEqualTo(429);
        String transaction = other.startTransaction(Map.of());
        assertThat(other.query(transaction, READ).data()).contains("other");
        assertThat(other.query(READ).data()).contains("other");
        assertThat(other.rollback(transaction).status()).isEqualTo(200);
        slow.cancel(true);
    }
}
