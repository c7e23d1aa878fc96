package dev.hasten.sql;

import static dev.hasten.sql.SqlClient.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The role of {@code deploy/read-only-role.sql} can only read, even with an API key that has all scopes. */
@Tag("integration")
@Tag("postgres-version")
final class ReadOnlyRoleTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE item (id serial PRIMARY KEY, n int)",
            "INSERT INTO item (n) VALUES (1)",
            "CREATE FUNCTION write_it() RETURNS int LANGUAGE sql SECURITY DEFINER"
                    + " AS 'INSERT INTO item (n) VALUES (9) RETURNING n'",
            readOnlyRole(),
            readOnlyRole(),
            "CREATE TABLE later (id int)",
            "CREATE FUNCTION write_later() RETURNS int LANGUAGE sql SECURITY DEFINER"
                    + " AS 'INSERT INTO item (n) VALUES (9) RETURNING n'");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES, "hasten_read");

    private static final SqlClient CLIENT = new SqlClient(SERVER.client());

    private static String readOnlyRole() {
        try {
            return Files.readString(Path.of("..", "deploy", "read-only-role.sql"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void dropRole() {
        POSTGRES.execute(
                "DROP OWNED BY hasten_read",
                "DROP ROLE hasten_read",
                "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC");
    }

    @Test
    void itCanReadExistingAndFutureTables() {
        assertThat(CLIENT.value("SELECT current_user::text")).isEqualTo("\"hasten_read\"");
        assertThat(CLIENT.value("SELECT n FROM item")).isEqualTo("1");
        assertThat(CLIENT.value("SELECT count(*)::int FROM later")).isEqualTo("0");
        assertThat(CLIENT.value("SELECT upper('a')")).isEqualTo("\"A\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO item (n) VALUES (2)",
                "UPDATE item SET n = 2",
                "DELETE FROM item",
                "TRUNCATE item",
                "CREATE TABLE stolen (id int)",
                "CREATE TEMP TABLE stolen (id int)",
                "CREATE SCHEMA stolen",
                "EXPLAIN ANALYZE CREATE TEMP TABLE stolen AS SELECT 1",
                "SELECT nextval('item_id_seq')",
                "SELECT write_it()",
                "SELECT write_later()",
                "SELECT lo_export(1, '/tmp/hasten-stolen')",
                "SELECT pg_try_advisory_xact_lock_shared(1, 2)",
                "SELECT pg_logical_emit_message(false, 'a', 'b')",
                "SELECT lo_create(0)",
                "SELECT lo_from_bytea(0, 'x')",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user",
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = current_user",
                "SELECT pg_notify('a', 'b')",
                "SELECT pg_advisory_lock(1)",
                "COPY item TO PROGRAM 'cat'",
                "CREATE ROLE another",
            })
    void itCannotDoAnythingElse(String statement) {
        // Sessions can change this setting, so it is not a protection.
        assertThat(state(CLIENT.transaction("SET TRANSACTION READ WRITE", statement)))
                .as(statement)
                .isIn("42501", "0A000");
        assertThat(POSTGRES.value("SELECT count(*) || ' ' || sum(n) FROM item")).isEqualTo("1 1");
    }
}
