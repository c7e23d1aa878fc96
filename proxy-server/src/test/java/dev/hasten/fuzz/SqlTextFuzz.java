package dev.hasten.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.hasten.fuzz.FuzzServer.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Any text as a statement. The next request does not see anything that the statement did to the session. */
public final class SqlTextFuzz {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** What can hide from a scanner, and what it must find. */
    private static final String[] FRAGMENTS = {
        "SELECT ",
        "set_config(",
        "'application_name'",
        ",",
        "'x'",
        "false",
        ")",
        "SET application_name = 'x'",
        "SET LOCAL application_name = 'x'",
        "SET SESSION AUTHORIZATION app",
        "SET ROLE app",
        "RESET ALL",
        "DISCARD ALL",
        "LISTEN a",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT s",
        "CREATE TEMP TABLE t (a int)",
        "SELECT 1 INTO TEMP t",
        "pg_advisory_lock(1)",
        "LOCK TABLE item",
        "DO $$BEGIN PERFORM ",
        "; END$$",
        "EXPLAIN ANALYZE ",
        "CREATE FUNCTION f() RETURNS int ",
        "LANGUAGE sql AS ",
        "WITH x AS (",
        "INSERT INTO item VALUES (1)",
        "VALUES (1)",
        "TABLE item",
        "$1",
        "$2::text",
        "$0",
        "$65536",
        "\n",
        " ",
        "-- ",
        "/*",
        "*/",
        "/* /* */",
        "'",
        "''",
        "E'",
        "\\'",
        "U&'",
        "U&\"",
        "\"",
        "$$",
        "$a$",
        "$A$",
        "B'1'",
        "X'",
        "N'a'",
        ";",
        "::",
        "(",
        "UESCAPE '!'",
        "pg_catalog.",
        "\u00a0",
        "\u2028",
        "\u212a",
        "1e400",
        "0x",
        "1__0",
        "_",
        ".",
        "COPY item TO STDOUT",
        "SHOW ALL",
        "SET TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "UNLISTEN *",
        "CLOSE ALL",
        "DEALLOCATE ALL",
        "NOTIFY a",
        "hash('x')",
        "other.set('x')",
        "over('x')",
        "conflict('x')",
        "DISTINCT ON (1) ",
        "FROM item JOIN item AS b ON ",
        "ORDER BY ",
    };

    /** What a statement may leave in a session. Hasten prepares statements of its own, whose names begin with S_. */
    private static final String STATE = """
            SELECT concat_ws(' | ',
              (SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
                WHERE (source = 'session' AND name NOT LIKE 'transaction\\_%') OR name IN ('application_name', 'role')),
              session_user, current_user,
              (SELECT count(*) FROM pg_listening_channels()),
              (SELECT count(*) FROM pg_cursors WHERE is_holdable),
              (SELECT count(*) FROM pg_prepared_statements WHERE name NOT LIKE 'S\\_%'),
              (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
              (SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relnamespace = pg_my_temp_schema())) AS state
            """;

    private static final FuzzServer SERVER = FuzzServer.start(
            "CREATE TABLE item (a int)",
            "GRANT ALL ON item TO app",
            "CREATE SCHEMA other",
            "GRANT USAGE ON SCHEMA other TO app",
            changesSession("hash"),
            changesSession("other.set"),
            changesSession("over"),
            changesSession("conflict"));
    private static final byte[] STATE_REQUEST = JSON.writeValueAsBytes(Map.of("query", STATE));
    private static final Reply CLEAN = SERVER.post("/sql", STATE_REQUEST);

    private SqlTextFuzz() {}

    /** A function with the name of a key word. */
    private static String changesSession(String name) {
        return "CREATE FUNCTION " + name
                + "(v text) RETURNS boolean RETURN set_config('application_name', v, false) IS NULL";
    }

    /** Called by Jazzer before its time limit begins: loads this class, which starts the server. */
    public static void fuzzerInitialize() {
        SERVER.requireIdle(0);
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        StringBuilder sql = new StringBuilder();
        List<String> parameters = new ArrayList<>();
        for (int parts = data.consumeInt(1, 12); parts > 0; parts--) {
            int choice = data.consumeInt(0, FRAGMENTS.length + 1);
            if (choice < FRAGMENTS.length) {
                sql.append(FRAGMENTS[choice]);
            } else if (choice == FRAGMENTS.length) {
                sql.append(data.consumeString(6));
            } else {
                parameters.add(data.consumeString(6));
            }
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("query", sql.toString());
        body.put("params", parameters);
        byte[] request = JSON.writeValueAsString(body).getBytes(UTF_8);
        if (data.consumeBoolean()) {
            request = JSON.writeValueAsString(Map.of("queries", List.of(body, Map.of("query", "SELECT 1"))))
                    .getBytes(UTF_8);
        }
        Reply reply = SERVER.post("/sql", request);
        Reply state = SERVER.post("/sql", STATE_REQUEST);
        if (!state.equals(CLEAN)) {
            throw new IllegalStateException("session state after " + sql + " (" + reply + "): " + state);
        }
    }
}
