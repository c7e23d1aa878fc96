package dev.hasten.sql;

import static dev.hasten.sql.SqlClient.state;
import static dev.hasten.testing.Plans.rawExecute;
import static dev.hasten.testing.Plans.rawQuery;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.config.KeyScope;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key with the scope read cannot write, with any SQL and any protocol. */
@Tag("integration")
@Tag("postgres-version")
final class ReadOnlyKeyTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE item (id serial PRIMARY KEY, n int)",
            "INSERT INTO item (n) VALUES (1)",
            "CREATE FUNCTION write_it() RETURNS int LANGUAGE sql AS 'INSERT INTO item (n) VALUES (9) RETURNING n'",
            """
                CREATE FUNCTION open_and_write() RETURNS int LANGUAGE plpgsql AS $$
                BEGIN
                  SET LOCAL transaction_read_only = off;
                  INSERT INTO item (n) VALUES (9);
                  RETURN 1;
                END $$""",
            """
                CREATE PROCEDURE commit_and_write() LANGUAGE plpgsql AS $$
                BEGIN
                  COMMIT;
                  INSERT INTO item (n) VALUES (9);
                END $$""",
            """
                CREATE FUNCTION create_unseen() RETURNS int LANGUAGE plpgsql AS $$
                BEGIN
                  EXECUTE 'EXPLAIN ANALYZE CREATE TABLE stolen AS SELECT * FROM item';
                  RETURN 1;
                END $$""",
            """
                CREATE FUNCTION called_by_planner() RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
                BEGIN
                  RETURN create_unseen();
                END $$""",
            """
                CREATE FUNCTION large_object_unseen() RETURNS oid LANGUAGE sql AS $$
                  SELECT lo_from_bytea(0, 'x')
                $$""");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    private static Client reader;
    private static SqlClient sql;

    @BeforeAll
    static void createKey() {
        reader = reader(Set.of(KeyScope.READ));
        sql = new SqlClient(reader);
    }

    private static Client reader(Set<KeyScope> scopes) {
        return SERVER.clientWithKey(
                SERVER.server().keys().create("reader", "default", scopes, null).token());
    }

    private static void nothingWasWritten() {
        assertThat(POSTGRES.value("SELECT count(*) || ' ' || sum(n) FROM item")).isEqualTo("1 1");
        assertThat(POSTGRES.value("SELECT count(*) FROM pg_class WHERE relname LIKE 'stolen%'"))
                .isEqualTo("0");
        assertThat(POSTGRES.value("SELECT count(*) FROM pg_largeobject_metadata"))
                .isEqualTo("0");
        assertThat(POSTGRES.value("SELECT last_value FROM item_id_seq")).isEqualTo("1");
    }

    @Test
    void itCanRead() {
        assertThat(sql.value("SELECT n FROM item")).isEqualTo("1");
        assertThat(sql.query("SHOW transaction_read_only")
                        .json()
                        .at("/rows/0/transaction_read_only")
                        .stringValue())
                .isEqualTo("on");
        assertThat(sql.query("EXPLAIN SELECT 1").status()).isEqualTo(200);
        assertThat(sql.transaction("SELECT 1", "SELECT n FROM item").status()).isEqualTo(200);
        assertThat(sql.cached("SELECT n FROM item").cacheStatus()).isIn("miss", "ttl");
        assertThat(sql.cached("SELECT n FROM item").cacheStatus()).isEqualTo("ttl");
        assertThat(reader.query(rawQuery("SELECT n FROM item")).status()).isEqualTo(200);
    }

    @Test
    void itRestrictsOtherScopes() {
        Client sqlOnly = reader(Set.of(KeyScope.SQL, KeyScope.READ));
        assertThat(state(new SqlClient(sqlOnly).query("DELETE FROM item"))).isEqualTo("25006");
        assertThat(sqlOnly.query(rawQuery("SELECT 1")).status()).isEqualTo(403);
        Client prismaOnly = reader(Set.of(KeyScope.PRISMA, KeyScope.READ));
        assertThat(new SqlClient(prismaOnly).query("SELECT 1").status()).isEqualTo(403);
        assertThat(prismaOnly.query(rawExecute("DELETE FROM item")).status()).isEqualTo(400);
        nothingWasWritten();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO item (n) VALUES (2)",
                "UPDATE item SET n = 2",
                "DELETE FROM item",
                "TRUNCATE item",
                "MERGE INTO item USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
                "WITH x AS (DELETE FROM item RETURNING id) SELECT * FROM x",
                "SELECT * INTO stolen FROM item",
                "CREATE TABLE stolen (id int)",
                "CREATE TABLE stolen AS SELECT 1",
                "SELECT nextval('item_id_seq')",
                "SELECT setval('item_id_seq', 100)",
                "SELECT write_it()",
                "SELECT open_and_write()",
                "EXPLAIN ANALYZE INSERT INTO item (n) VALUES (2)",
                "EXPLAIN ANALYZE CREATE TABLE stolen AS SELECT * FROM item",
                "EXPLAIN (ANALYZE, COSTS off) CREATE UNLOGGED TABLE stolen AS SELECT * FROM item",
                "EXPLAIN ANALYZE CREATE TEMP TABLE stolen AS SELECT * FROM item",
                "EXPLAIN ANALYZE VERBOSE CREATE MATERIALIZED VIEW stolen AS SELECT * FROM item",
                "EXPLAIN ANALYSE SELECT * INTO stolen FROM item",
                "EXPLAIN /* SELECT */ ANALYZE /* SELECT */ CREATE TABLE stolen AS SELECT 1",
                "EXPLAIN (ANALYZE) WITH x AS (SELECT 1) SELECT * INTO UNLOGGED stolen FROM x",
                "EXPLAIN ANALYZE (SELECT * INTO stolen FROM item)",
                "EXPLAIN ANALYZE EXECUTE anything",
                "EXPLAIN ANALYZE SELECT 1 \"as\" INTO stolen FROM item",
                "EXPLAIN ANALYZE SELECT 1 AS as INTO stolen FROM item",
                "SELECT lo_export(1, '/tmp/hasten-stolen')",
                "EXPLAIN ANALYZE SELECT x.insert INTO stolen FROM (SELECT 1 AS insert) x",
                "EXPLAIN ANALYZE DECLARE c CURSOR FOR SELECT 1",
                "EXPLAIN ANALYZE REFRESH MATERIALIZED VIEW stolen",
                "SELECT lo_create(0)",
                "SELECT lo_creat(-1)",
                "SELECT pg_catalog.lo_from_bytea(0, 'x')",
                "SELECT \"lo_from_bytea\"(0, 'x')",
                "SELECT lo_import('/etc/hostname')",
                "SELECT lo_unlink(1)",
                "SELECT lo_put(1, 0, 'x')",
                "SELECT lowrite(lo_open(1, 131072), 'x')",
                "SELECT * FROM item FOR UPDATE",
                "SELECT set_config('transaction_read_only', 'off', false), write_it()",
                "SELECT set_config('transaction_read_only', 'off', true), write_it()",
                "CALL commit_and_write()",
                "DO $$ BEGIN COMMIT; INSERT INTO item (n) VALUES (9); END $$",
                "COMMIT; INSERT INTO item (n) VALUES (2)",
                "ROLLBACK; DELETE FROM item",
                "SELECT 1; COMMIT; DELETE FROM item",
                "COPY item FROM PROGRAM 'echo 5 5'",
                "PREPARE x AS INSERT INTO item (n) VALUES (2)",
                "LOCK TABLE item",
                "GRANT ALL ON item TO public",
                "REFRESH MATERIALIZED VIEW item",
                "NOTIFY x",
            })
    void oneStatementCannotWrite(String statement) {
        Reply reply = sql.query(statement);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reader.query(rawExecute(statement)).status()).isEqualTo(400);
        assertThat(reader.query(rawQuery(statement)).status()).isEqualTo(400);
        nothingWasWritten();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EXPLAIN ANALYZE SELECT * FROM item",
                "EXPLAIN (ANALYZE, FORMAT json) WITH x AS (SELECT 1) SELECT * FROM x",
                "EXPLAIN ANALYZE VALUES (1)",
                "EXPLAIN VERBOSE TABLE item",
                "EXPLAIN (SELECT 1) UNION (SELECT 2)",
                "EXPLAIN UPDATE item SET n = 2",
                "EXPLAIN DELETE FROM item",
                "EXPLAIN ANALYZE SELECT a.into, 1 AS into FROM (SELECT 1 AS into) a",
                "EXPLAIN ANALYZE SELECT 1 AS as, 2 AS into FROM item",
                "SELECT n, 1 AS into FROM item",
            })
    void itCanExplain(String statement) {
        assertThat(sql.query(statement).status()).as(statement).isEqualTo(200);
        nothingWasWritten();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT create_unseen()", "SELECT called_by_planner()", "SELECT large_object_unseen()"})
    void writesThatPostgresAllowsInReadOnlyTransactionsAreRolledBack(String statement) {
        sql.query(statement);
        sql.cached(statement);
        sql.transaction(statement, "SELECT 1");
        reader.query(rawQuery(statement));
        String id = reader.startTransaction(Map.of());
        reader.query(id, rawQuery(statement));
        reader.commit(id);
        nothingWasWritten();
    }

    @Test
    void itCannotUseTheTransactionOfAWritingKey() {
        Client writer = SERVER.client();
        String id = writer.startTransaction(Map.of());
        assertThat(reader.query(id, rawExecute("INSERT INTO item (n) VALUES (2)"))
                        .code())
                .isEqualTo("P2028");
        assertThat(reader.commit(id).code()).isEqualTo("P2028");
        writer.rollback(id);
        nothingWasWritten();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COMMIT",
                "/* */ commit",
                "END",
                "ROLLBACK",
                "ABORT",
                "COMMIT AND CHAIN",
                "PREPARE TRANSACTION 'x'",
                "BEGIN READ WRITE",
                "START TRANSACTION READ WRITE",
                "SET TRANSACTION READ WRITE",
                "SET LOCAL transaction_read_only = off",
                "SET transaction_read_only = off",
                "RESET transaction_read_only",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
                "SET default_transaction_read_only = off",
                "SAVEPOINT a",
                "DISCARD ALL",
                "RESET ALL",
                "SELECT set_config('transaction_read_only', 'off', false)",
                "SELECT set_config('default_transaction_read_only', 'off', false)",
                "SELECT 1",
                "",
                ";",
            })
    void noStatementEnablesTheNextToWrite(String first) {
        assertThat(sql.transaction(first, "INSERT INTO item (n) VALUES (2)").status())
                .isEqualTo(400);
        assertThat(sql.transaction(Map.of("Neon-Batch-Read-Only", "false"), first, first, "DELETE FROM item")
                        .status())
                .isEqualTo(400);
        nothingWasWritten();
        String id = reader.startTransaction(Map.of());
        reader.query(id, rawExecute(first));
        assertThat(reader.query(id, rawExecute("INSERT INTO item (n) VALUES (2)"))
                        .status())
                .isIn(400, 409);
        reader.commit(id);
        nothingWasWritten();
    }
}
