package dev.hasten.writes;

import static dev.hasten.testing.Plans.node;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.raw;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Every way of changing data through Hasten outdates what is cached, whatever it changes behind the scenes. */
@Tag("integration")
@Tag("postgres-version")
final class KindsOfWritesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE author (id int PRIMARY KEY, code text UNIQUE, name text)",
            "CREATE TABLE book (id int PRIMARY KEY, author_id int REFERENCES author ON DELETE CASCADE ON UPDATE CASCADE)",
            "CREATE TABLE page (id int, book_id int REFERENCES book ON DELETE CASCADE)",
            "CREATE TABLE prize (id int, code text REFERENCES author (code) ON DELETE SET NULL ON UPDATE CASCADE)",
            "CREATE TABLE keyless (n int)",
            "CREATE TABLE fast (n int)",
            "ALTER TABLE fast SET UNLOGGED",
            "CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at)",
            "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
            "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
            "CREATE TABLE audited (id int)",
            "CREATE TABLE audit (id int)",
            "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN EXECUTE 'INSERT INTO audit VALUES (1)'; RETURN NULL; END $$",
            "CREATE TRIGGER audit AFTER INSERT ON audited FOR EACH ROW EXECUTE FUNCTION audit()",
            "CREATE TABLE deferring (id int)",
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON deferring DEFERRABLE INITIALLY DEFERRED"
                    + " FOR EACH ROW EXECUTE FUNCTION audit()",
            "CREATE TABLE ruled (id int)",
            "CREATE RULE copied AS ON INSERT TO ruled DO ALSO INSERT INTO audit VALUES (NEW.id)",
            "CREATE VIEW author_view AS SELECT id, name FROM author",
            "CREATE VIEW odd_view AS SELECT 1 AS id",
            "CREATE TRIGGER instead INSTEAD OF INSERT ON odd_view FOR EACH ROW EXECUTE FUNCTION audit()",
            "CREATE FUNCTION writes() RETURNS int LANGUAGE sql SECURITY DEFINER AS"
                    + " 'INSERT INTO audit VALUES (1); SELECT 1'",
            "CREATE TABLE with_default (id int, n int DEFAULT writes())",
            "CREATE PROCEDURE commits() LANGUAGE plpgsql AS"
                    + " $$ BEGIN INSERT INTO audit VALUES (1); COMMIT; INSERT INTO audit VALUES (2); COMMIT; END $$",
            "CREATE MATERIALIZED VIEW stored AS SELECT id, name FROM author",
            "CREATE SCHEMA second",
            "CREATE TABLE second.author (id int, name text)",
            "CREATE TABLE left_table (n int)",
            "CREATE TABLE right_table (n int)",
            "CREATE TABLE stamped (id int, name text, updated_at timestamptz)",
            "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN NEW.updated_at := now(); RETURN NEW; END; $$",
            "CREATE TRIGGER stamp BEFORE UPDATE ON stamped FOR EACH ROW EXECUTE FUNCTION stamp()",
            "CREATE VIEW deep AS SELECT p.id FROM page p JOIN book b ON b.id = p.book_id");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES).with("databases.default.cache.invalidation", "writes");

    private static final Client CLIENT = SERVER.client();

    /** How a statement reaches the server. */
    enum Way {
        SQL {
            @Override
            Reply run(String sql) {
                return CLIENT.post("/sql", JSON.writeValueAsString(Map.of("query", sql)));
            }
        },
        SQL_BATCH {
            @Override
            Reply run(String sql) {
                return CLIENT.post(
                        "/sql",
                        JSON.writeValueAsString(
                                Map.of("queries", List.of(Map.of("query", "SELECT 1"), Map.of("query", sql)))));
            }
        },
        SQL_STREAM {
            @Override
            Reply run(String sql) {
                return CLIENT.post(
                        "/sql",
                        JSON.writeValueAsString(Map.of("query", sql)).getBytes(UTF_8),
                        Map.of("accept", "application/x-ndjson"));
            }
        },
        PRISMA_RAW {
            @Override
            Reply run(String sql) {
                return CLIENT.query(node("execute", raw(sql)));
            }
        },
        TRANSACTION {
            @Override
            Reply run(String sql) {
                String id = CLIENT.startTransaction(Map.of());
                Reply reply = CLIENT.query(id, node("execute", raw(sql)));
                return reply.status() == 200 ? CLIENT.commit(id) : reply;
            }
        };

        abstract Reply run(String sql);
    }

    @BeforeEach
    void fill() {
        POSTGRES.execute(
                "TRUNCATE author, book, page, prize, keyless, fast, parted, audited, audit, deferring, ruled, with_default,"
                        + " second.author, left_table, right_table, stamped",
                "INSERT INTO author VALUES (1, 'a', 'one'), (2, 'b', 'two')",
                "INSERT INTO book VALUES (10, 1), (20, 2)",
                "INSERT INTO page VALUES (100, 10)",
                "INSERT INTO prize VALUES (1, 'a')",
                "INSERT INTO keyless VALUES (1)",
                "INSERT INTO fast VALUES (1)",
                "INSERT INTO parted VALUES (1, '2024-05-05')",
                "INSERT INTO second.author VALUES (1, 'other')",
                "INSERT INTO left_table VALUES (1)",
                "INSERT INTO right_table VALUES (2)",
                "INSERT INTO stamped VALUES (1, 'x', now())",
                "REFRESH MATERIALIZED VIEW stored");
        // These changes did not pass through the server.
        SERVER.database().cache().invalidateAll("test");
    }

    private static String read(String table) {
        return "SELECT \"%s\".* FROM \"public\".\"%s\"".formatted(table, table);
    }

    private static Reply cached(String table) {
        return CLIENT.cachedQuery(query(read(table)), "max-age=3600");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "INSERT INTO author VALUES (3, 'c', 'three') => author",
                "UPDATE author SET name = name || '!' => author",
                "UPDATE author SET name = name || '!' => author_view",
                "UPDATE stamped SET name = name || '!' => stamped",
                "DELETE FROM page => page",
                "DELETE FROM author WHERE id = 1 => page",
                "DELETE FROM author WHERE id = 1 => deep",
                "DELETE FROM author WHERE id = 1 => prize",
                "UPDATE author SET id = id + 5 => book",
                "UPDATE author SET code = code || 'x' => prize",
                "INSERT INTO author VALUES (1, 'a', 'x') ON CONFLICT (id) DO UPDATE SET name = author.name || '!' => author",
                "WITH gone AS (DELETE FROM page RETURNING id) INSERT INTO keyless SELECT id FROM gone => page",
                "WITH gone AS (DELETE FROM page RETURNING id) INSERT INTO keyless SELECT id FROM gone => keyless",
                "WITH gone AS (DELETE FROM page RETURNING id) SELECT count(*) FROM gone => page",
                "TRUNCATE keyless => keyless",
                "TRUNCATE author CASCADE => page",
                "UPDATE keyless SET n = n + 1 => keyless",
                "UPDATE fast SET n = n + 1 => fast",
                "UPDATE parted SET at = at + 365 => parted",
                "UPDATE parted SET at = at + 365 => parted_1",
                "UPDATE parted SET at = at + 365 => parted_2",
                "DELETE FROM parted_1 => parted",
                "INSERT INTO audited VALUES (1) => audit",
                "INSERT INTO deferring VALUES (1) => audit",
                "INSERT INTO ruled VALUES (1) => audit",
                "INSERT INTO odd_view VALUES (1) => audit",
                "INSERT INTO with_default (id) VALUES (1) => audit",
                "UPDATE author_view SET name = name || '!' => author",
                "SELECT writes() => audit",
                "DO 'BEGIN INSERT INTO audit VALUES (1); END' => audit",
                "REFRESH MATERIALIZED VIEW stored => stored",
                "EXPLAIN ANALYZE UPDATE author SET name = name || '!' => author",
            })
    void everyWriteOutdatesWhatItChanges(String sql, String table) {
        // The first time, the locks show what a statement writes; from the second time on, it is proved if possible.
        for (int i = 0; i < 3; i++) {
            for (Way way : Way.values()) {
                fill();
                if (table.equals("stored")) {
                    POSTGRES.execute("UPDATE author SET name = name || '?'");
                }
                check(way, sql, table, true);
            }
        }
    }

    private static void check(Way way, String sql, String table, boolean changes) {
        String what = way + ": " + sql;
        Reply before = cached(table);
        assertThat(cached(table).cacheStatus()).as(what + ", before: " + before).isEqualTo("ttl");
        Reply written = way.run(sql);
        assertThat(written.status()).as(what + ": " + written).isEqualTo(200);
        assertThat(written.text()).as(what).doesNotContain("\"error\"");
        Reply after = cached(table);
        assertThat(after.cacheStatus()).as(what).isEqualTo(changes ? "miss" : "ttl");
        String rows =
                POSTGRES.value("SELECT count(*) || coalesce(string_agg(t::text, ' '), '') FROM public." + table + " t");
        assertThat(after.json().at("/data").size()).as(what).isEqualTo(Integer.parseInt(rows.replaceAll("\\D.*", "")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "CALL commits() => audit",
                "INSERT INTO audit VALUES (1); INSERT INTO keyless VALUES (7) => keyless",
                "ALTER TABLE keyless ADD COLUMN extra int DEFAULT 7 => keyless",
                "DROP TABLE IF EXISTS gone; ALTER TABLE left_table RENAME TO gone; ALTER TABLE right_table RENAME TO left_table;"
                        + " ALTER TABLE gone RENAME TO right_table => left_table",
                "ALTER TABLE author SET SCHEMA second; ALTER TABLE second.author SET SCHEMA public => keyless",
            })
    void whatCannotBeTrackedOutdatesEverything(String sql, String table) {
        for (int i = 0; i < 2; i++) {
            fill();
            POSTGRES.execute("ALTER TABLE keyless DROP COLUMN IF EXISTS extra");
            SERVER.database().schemaChanged("test");
            if (sql.startsWith("ALTER TABLE author")) {
                POSTGRES.execute("DROP TABLE second.author");
            }
            Reply before = cached(table);
            assertThat(cached(table).cacheStatus()).as(before.toString()).isEqualTo("ttl");
            Reply written = Way.PRISMA_RAW.run(sql);
            assertThat(written.status()).as(written.toString()).isEqualTo(200);
            Reply after = cached(table);
            assertThat(after.cacheStatus()).isEqualTo("miss");
            if (sql.startsWith("ALTER TABLE author")) {
                POSTGRES.execute("CREATE TABLE second.author (id int, name text)");
            } else if (!sql.contains("keyless VALUES")) {
                assertThat(after.text()).isNotEqualTo(before.text());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "INSERT INTO author VALUES (3, 'c', 'three') => page",
                "UPDATE author SET name = 'x' WHERE id = 1 => book",
                "UPDATE author SET name = 'x' WHERE id = 1 => prize",
                "UPDATE stamped SET name = 'x' => author",
                "DELETE FROM page => author",
                "INSERT INTO second.author VALUES (9, 'x') => author",
                "UPDATE parted_2 SET id = 5 => parted_1",
                "SELECT * FROM author => author",
                "SELECT * FROM author FOR UPDATE => author",
                "SET LOCAL work_mem = '5MB' => author",
            })
    void otherDataStaysCached(String sql, String table) {
        for (int i = 0; i < 3; i++) {
            for (Way way : Way.values()) {
                fill();
                check(way, sql, table, false);
            }
        }
    }
}
