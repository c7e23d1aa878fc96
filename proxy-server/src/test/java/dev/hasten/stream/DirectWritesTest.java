package dev.hasten.stream;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.postgres.EventTriggers;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/** The change stream outdates cached data when another program changes it, whatever statement it uses. */
@Tag("integration")
@Tag("postgres-version")
final class DirectWritesTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE author (id int PRIMARY KEY, code text UNIQUE, name text)",
            "CREATE TABLE book (id int PRIMARY KEY, author_id int REFERENCES author ON DELETE CASCADE)",
            "CREATE TABLE page (id int, book_id int REFERENCES book ON DELETE CASCADE)",
            "CREATE TABLE prize (id int, code text REFERENCES author (code) ON DELETE SET NULL)",
            "CREATE TABLE keyless (n int)",
            "CREATE TABLE \"Odd: , \"\"name\" (n int)",
            "CREATE UNLOGGED TABLE fast (n int)",
            "CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at)",
            "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
            "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
            "CREATE TABLE attached (id int, at date)",
            "CREATE TABLE audit (id int)",
            "CREATE TABLE audited (id int)",
            "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN EXECUTE 'INSERT INTO audit VALUES (1)'; RETURN NULL; END $$",
            "CREATE TRIGGER audit AFTER INSERT ON audited FOR EACH ROW EXECUTE FUNCTION audit()",
            "CREATE VIEW author_view AS SELECT id, name FROM author",
            "CREATE MATERIALIZED VIEW stored AS SELECT id, name FROM author",
            "CREATE TABLE left_table (n int)",
            "CREATE TABLE right_table (n int)");

    @RegisterExtension
    static final TestPostgres OTHER = TestPostgres.empty();

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES)
            .with("databases.default.cache.invalidation", "stream")
            .with("databases.default.cache.schema_poll", "24h")
            .with("databases.default.cache.stream.bound", "10s");

    private static final Client CLIENT = SERVER.client();

    @BeforeEach
    void fill() {
        POSTGRES.execute(
                "TRUNCATE author, book, page, prize, keyless, fast, parted, audited, audit, left_table, right_table, attached,"
                        + " \"Odd: , \"\"name\"",
                "INSERT INTO author VALUES (1, 'a', 'one'), (2, 'b', 'two')",
                "INSERT INTO book VALUES (10, 1), (20, 2)",
                "INSERT INTO page VALUES (100, 10)",
                "INSERT INTO prize VALUES (1, 'a')",
                "INSERT INTO keyless VALUES (1)",
                "INSERT INTO fast VALUES (1)",
                "INSERT INTO parted VALUES (1, '2024-05-05')",
                "INSERT INTO left_table VALUES (1)",
                "INSERT INTO right_table VALUES (2)",
                "INSERT INTO \"Odd: , \"\"name\" VALUES (1)");
    }

    private static Reply cached(String table) {
        String name = "\"" + table.replace("\"", "\"\"") + "\"";
        return CLIENT.cachedQuery(query("SELECT \"t\".* FROM \"public\".%s AS \"t\"".formatted(name)), "max-age=3600");
    }

    /** Waits until the data is cached and nothing outdates it any more. */
    private static void warm(String table) {
        await().until(() -> cached(table).cacheStatus().equals("ttl"));
    }

    private static void awaitCurrent(String table, String before) {
        await().until(() -> {
            Reply reply = cached(table);
            return reply.status() == 200 && !reply.data().equals(before);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "INSERT INTO author VALUES (3, 'c', 'three') => author",
                "UPDATE author SET name = name || '!' => author_view",
                "DELETE FROM author WHERE id = 1 => page",
                "DELETE FROM author WHERE id = 1 => prize",
                "TRUNCATE keyless => keyless",
                "TRUNCATE author CASCADE => page",
                "UPDATE keyless SET n = n + 1 => keyless",
                "UPDATE \"Odd: , \"\"name\" SET n = n + 1 => Odd: , \"name",
                "INSERT INTO author VALUES (1, 'a', 'x') ON CONFLICT (id) DO UPDATE SET name = 'y' => author",
                "UPDATE parted SET at = at + 365 => parted_2",
                "UPDATE parted SET at = at + 365 => parted",
                "INSERT INTO audited VALUES (1) => audit",
                "DO 'BEGIN INSERT INTO audit VALUES (1); COMMIT; END' => audit",
                "UPDATE author_view SET name = name || '!' => author",
                "BEGIN; SAVEPOINT a; INSERT INTO keyless VALUES (5); ROLLBACK TO a; INSERT INTO author VALUES (9); COMMIT => author",
                "BEGIN; INSERT INTO keyless VALUES (5); PREPARE TRANSACTION 'x'; COMMIT PREPARED 'x' => keyless",
                "BEGIN; INSERT INTO attached VALUES (7, '2026-02-02'); ALTER TABLE parted ATTACH PARTITION attached FOR VALUES"
                        + " FROM ('2026-01-01') TO ('2027-01-01'); COMMIT => parted",
                "BEGIN; ALTER TABLE keyless ALTER n TYPE int USING n + 100; INSERT INTO audit VALUES (1); COMMIT => keyless",
                "ALTER TABLE keyless ADD COLUMN extra int DEFAULT 5 => keyless",
                "ALTER TABLE left_table RENAME TO gone; ALTER TABLE right_table RENAME TO left_table;"
                        + " ALTER TABLE gone RENAME TO right_table => left_table",
            })
    void everyChangeIsSeen(String sql, String table) throws SQLException {
        try {
            warm(table);
            String before = cached(table).data();
            try (Connection connection = POSTGRES.connection();
                    Statement statement = connection.createStatement()) {
                for (String each : sql.startsWith("DO") ? new String[] {sql} : sql.split("; ")) {
                    statement.execute(each);
                }
            }
            awaitCurrent(table, before);
            warm(table);
        } finally {
            POSTGRES.execute(
                    "ALTER TABLE keyless DROP COLUMN IF EXISTS extra",
                    "DO $$ BEGIN ALTER TABLE parted DETACH PARTITION attached; EXCEPTION WHEN OTHERS THEN END $$");
        }
    }

    @Test
    void copyIsSeen() throws SQLException, java.io.IOException {
        warm("keyless");
        String before = cached("keyless").data();
        try (Connection connection = POSTGRES.connection()) {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY keyless FROM STDIN", new StringReader("7\n8\n"));
        }
        awaitCurrent("keyless", before);
    }

    @Test
    void otherDataStaysCached() {
        warm("author");
        warm("keyless");
        POSTGRES.execute("INSERT INTO keyless VALUES (2)");
        await().until(() -> cached("keyless").cacheStatus().equals("miss"));
        assertThat(cached("author").cacheStatus()).isEqualTo("ttl");
    }

    /** Tables change names while their changes are on the way. */
    @Test
    void swappedTablesAreNotConfused() throws SQLException {
        for (int i = 0; i < 20; i++) {
            warm("left_table");
            String before = cached("left_table").data();
            try (Connection connection = POSTGRES.connection();
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE left_table RENAME TO swapped");
                statement.execute("ALTER TABLE right_table RENAME TO left_table");
                statement.execute("ALTER TABLE swapped RENAME TO right_table");
                statement.execute("INSERT INTO left_table VALUES (" + (100 + i) + ")");
                statement.execute("INSERT INTO right_table VALUES (" + (200 + i) + ")");
            }
            awaitCurrent("left_table", before);
            int value = 100 + i;
            await().until(() -> cached("left_table").data().contains("\"n\":" + value));
        }
    }

    @ParameterizedTest
    @CsvSource({"fast, unlogged_table", "stored, materialized_view"})
    void whatTheStreamDoesNotReportIsNotCached(String table, String reason) {
        Reply reply = cached(table);
        assertThat(reply.cacheStatus()).isEqualTo("none");
        assertThat(reply.header("hasten-not-cached")).startsWith(reason + ": ");
    }

    @Test
    void analyzeAndTemporaryTablesOutdateNothing() throws SQLException {
        warm("author");
        long epoch = SERVER.database().cache().schemaEpoch();
        try (Connection connection = POSTGRES.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE author");
            statement.execute("CREATE TEMP TABLE passing AS SELECT * FROM author");
            statement.execute("DROP TABLE passing");
            statement.execute("INSERT INTO keyless VALUES (4711)");
        }
        await().until(() -> cached("keyless").data().contains("4711"));
        assertThat(cached("author").cacheStatus()).isEqualTo("ttl");
        assertThat(SERVER.database().cache().schemaEpoch()).isEqualTo(epoch);
    }

    /** Prisma Migrate runs the statements of a migration and then notes it in its table. The real tool cannot run here. */
    @Test
    void aMigrationOfPrismaIsNoticed() throws SQLException {
        POSTGRES.execute("CREATE TABLE _prisma_migrations (id text, finished_at timestamptz)");
        warm("author");
        long epoch = SERVER.database().cache().schemaEpoch();
        POSTGRES.execute(
                "INSERT INTO _prisma_migrations VALUES ('1', NULL)",
                "ALTER TABLE author ADD COLUMN born int",
                "UPDATE _prisma_migrations SET finished_at = now()");
        await().until(() -> SERVER.database().cache().schemaEpoch() > epoch);
        await().until(() -> cached("author").data().contains("born"));
        POSTGRES.execute("DROP TABLE _prisma_migrations", "ALTER TABLE author DROP COLUMN born");
    }

    /** Without the triggers, a transaction that changes both the schema and data does not show that it does. */
    @Test
    void eventTriggersReportSchemaChangesWithData() throws SQLException {
        POSTGRES.execute(EventTriggers.INSTALL);
        try (Connection connection = POSTGRES.connection();
                Statement statement = connection.createStatement()) {
            warm("author");
            long epoch = SERVER.database().cache().schemaEpoch();
            connection.setAutoCommit(false);
            statement.execute("CREATE OR REPLACE VIEW author_view AS SELECT id, 'new'::text AS name FROM author");
            statement.execute("INSERT INTO keyless VALUES (1)");
            connection.commit();
            await().until(() -> SERVER.database().cache().schemaEpoch() > epoch);
        } finally {
            POSTGRES.execute(EventTriggers.REMOVE, "CREATE OR REPLACE VIEW author_view AS SELECT id, name FROM author");
        }
    }

    @Test
    void theFirstRequestAfterAPauseIsAHit() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("databases.default.cache.invalidation", "stream")
                .with("databases.default.cache.stream.bound", "100ms")
                .start()) {
            Map<String, ?> read = query("SELECT \"id\" FROM \"public\".\"book\"");
            await().until(() -> server.client()
                    .cachedQuery(read, "max-age=3600")
                    .cacheStatus()
                    .equals("ttl"));
            await().until(() -> server.database().stream().confirmedAgeMillis() > 1500);
            assertThat(server.client().cachedQuery(read, "max-age=3600").cacheStatus())
                    .isEqualTo("ttl");
        }
    }

    /** Two changes within the pause between two checks of the schema. */
    @Test
    void schemaChangesAreNotOlderThanTheBound() {
        Duration bound = Duration.ofMillis(200);
        POSTGRES.execute("CREATE VIEW changing AS SELECT 0 AS n");
        try (TestServer server = TestServer.on(POSTGRES)
                .with("databases.default.cache.invalidation", "stream")
                .with("databases.default.cache.stream.bound", bound.toMillis() + "ms")
                .start()) {
            Map<String, ?> read = query("SELECT \"n\" FROM \"public\".\"changing\"");
            for (int i = 1; i < 8; i++) {
                String value = "[{\"n\":" + i + "}]";
                POSTGRES.execute("CREATE OR REPLACE VIEW changing AS SELECT " + i + " AS n");
                long acknowledged = System.nanoTime();
                await().pollInterval(Duration.ofMillis(2)).until(() -> {
                    boolean mayBeOld = System.nanoTime() - acknowledged < bound.toNanos();
                    Reply reply = server.client().cachedQuery(read, "max-age=3600");
                    assertThat(mayBeOld || reply.data().equals(value))
                            .as(reply.toString())
                            .isTrue();
                    return reply.data().equals(value) && reply.cacheStatus().equals("ttl");
                });
            }
        }
    }

    @Test
    void aStreamOfAnotherDatabaseIsRefused() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("databases.default.cache.invalidation", "stream")
                .with("databases.default.cache.stream.url", OTHER.url())
                .start()) {
            Map<String, ?> read = query("SELECT \"n\" FROM \"public\".\"keyless\"");
            await().untilAsserted(() -> {
                assertThat(server.client().cachedQuery(read, "max-age=3600").cacheStatus())
                        .isEqualTo("miss");
                assertThat(server.database().stream().state().detail()).contains("not the same database");
            });
        }
    }

    /** The name means another table after the transaction, which does not look like a change of the schema. */
    @Test
    void aTableThatIsReplacedInATransactionWithDataIsNoticed() throws SQLException {
        POSTGRES.execute("CREATE TABLE rebuilt AS SELECT 1 AS n");
        warm("rebuilt");
        try (Connection connection = POSTGRES.connection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("DROP TABLE rebuilt");
            statement.execute("CREATE TABLE rebuilt AS SELECT 2 AS n");
            connection.commit();
        }
        await().until(() -> cached("rebuilt").data().contains("2"));
        for (int i = 3; i < 6; i++) {
            int value = i;
            POSTGRES.execute("UPDATE rebuilt SET n = " + value);
            await().until(() -> cached("rebuilt").data().contains(Integer.toString(value)));
            warm("rebuilt");
        }
    }

    @Test
    void aMissingSettingIsNamed() {
        assertThat(SERVER.database().stream().state())
                .isEqualTo(new ChangeStream.State(ChangeStream.Phase.FOLLOWING, ""));
        POSTGRES.execute(
                "DO $$ BEGIN CREATE ROLE no_stream LOGIN; EXCEPTION WHEN duplicate_object THEN END $$",
                "GRANT SELECT ON ALL TABLES IN SCHEMA public TO no_stream");
        try (TestServer server = TestServer.on(POSTGRES, "no_stream")
                .with("databases.default.cache.invalidation", "stream")
                .start()) {
            await().untilAsserted(() ->
                    assertThat(server.database().stream().state().detail()).contains("ALTER ROLE", "REPLICATION"));
            Map<String, ?> read = query("SELECT \"n\" FROM \"public\".\"keyless\"");
            for (int i = 0; i < 2; i++) {
                Reply reply = server.client().cachedQuery(read, "max-age=3600");
                assertThat(reply.status()).isEqualTo(200);
                assertThat(reply.cacheStatus()).isEqualTo("miss");
            }
        }
    }
}
