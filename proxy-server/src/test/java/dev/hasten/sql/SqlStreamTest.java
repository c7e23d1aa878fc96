package dev.hasten.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A streamed response has no limit on its size, and waits for its client. */
@Tag("integration")
final class SqlStreamTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int)");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES)
            .with("pool.size", 2)
            .with("limits.max_streams", 1)
            .with("limits.max_sql_response_bytes", "10kb")
            .with("limits.max_result_bytes", "1mb")
            .with("limits.query_timeout", "1s")
            .with("limits.stream_timeout", "30s");

    private static final SqlClient CLIENT = new SqlClient(SERVER.client());

    /** A connection that is read line by line, after the head of the response. */
    private static final class Stream implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;
        private final List<String> head = new ArrayList<>();

        /** Sends a request with the given version of HTTP. */
        Stream(String version, String body) {
            try {
                socket = new Socket(
                        InetAddress.getLoopbackAddress(), SERVER.server().port());
                in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
                send(version, body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void send(String version, String body) throws IOException {
            head.clear();
            byte[] bytes = body.getBytes(UTF_8);
            socket.getOutputStream().write(head(version, bytes.length));
            socket.getOutputStream().write(bytes);
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.add(line);
            }
        }

        private static byte[] head(String version, int length) {
            return """
                    POST /sql HTTP/%s
                    host: x
                    authorization: Bearer %s
                    accept: application/x-ndjson
                    content-length: %d

                    """.formatted(version, TestServer.KEY, length)
                    .replace("\n", "\r\n")
                    .getBytes(UTF_8);
        }

        int status() {
            return Integer.parseInt(head.getFirst().split(" ", 3)[1]);
        }

        /** Reads a chunk; empty for the last one. */
        String chunk() throws IOException {
            char[] chunk = new char[Integer.parseInt(in.readLine(), 16)];
            for (int read = 0; read < chunk.length; ) {
                read += in.read(chunk, read, chunk.length - read);
            }
            assertThat(in.readLine()).isEmpty();
            return new String(chunk);
        }

        /** Reads the complete body. All texts are ASCII. */
        List<JsonNode> lines() throws IOException {
            StringBuilder body = new StringBuilder();
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                body.append(chunk);
            }
            return body.toString().lines().map(JSON::readTree).toList();
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String body(String sql, Object... parameters) {
        return JSON.writeValueAsString(Map.of("query", sql, "params", parameters));
    }

    private static Stream stream(String sql, Object... parameters) {
        return new Stream("1.1", body(sql, parameters));
    }

    private static String gauge(String name) {
        return SERVER.server()
                .metrics()
                .scrape()
                .lines()
                .filter(line -> line.startsWith(name + "{database=\"default\""))
                .findFirst()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .orElseThrow();
    }

    private static void awaitIdle() {
        await().until(() -> gauge("hasten_streams_open").equals("0.0")
                && gauge("hasten_pool_active_connections").equals("0.0")
                && gauge("hasten_memory_database_bytes").equals("0.0"));
    }

    @BeforeEach
    void empty() {
        awaitIdle();
        POSTGRES.execute("TRUNCATE item");
    }

    @Test
    void resultIsAFieldsLineRowsAndAnEndLine() throws IOException {
        try (Stream stream =
                stream("SELECT i AS n, 'row ' || i AS text, NULL::int AS x FROM generate_series(1, $1::int) i", 3)) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.head).contains("content-type: application/x-ndjson", "transfer-encoding: chunked");
            List<JsonNode> lines = stream.lines();
            assertThat(lines.getFirst().get("fields").get(0).get("name").stringValue())
                    .isEqualTo("n");
            assertThat(lines.subList(1, lines.size()).toString())
                    .isEqualTo("[[1,\"row 1\",null], [2,\"row 2\",null], [3,\"row 3\",null],"
                            + " {\"command\":\"SELECT\",\"rowCount\":3}]");
        }
    }

    /** The result is larger than all limits for other responses. */
    @Test
    void rowsOfAnyNumberArrive() throws IOException {
        int rows = 200_000;
        try (Stream stream = stream("SELECT i, repeat('x', i % 100) FROM generate_series(1, " + rows + ") i")) {
            List<JsonNode> lines = stream.lines();
            assertThat(lines).hasSize(rows + 2);
            for (int i = 1; i <= rows; i++) {
                assertThat(lines.get(i).get(0).intValue()).isEqualTo(i);
            }
            assertThat(lines.getLast().get("rowCount").intValue()).isEqualTo(rows);
        }
    }

    /** The type json keeps line breaks, and a document could look like the last line. */
    @Test
    void valuesCannotForgeLines() throws IOException {
        String json = "[\n{\"command\":\"SELECT\",\"rowCount\":0}\r\n]";
        try (Stream stream = stream("SELECT $1::json AS a, ARRAY[$1::json] AS b, $1::text AS c", json)) {
            List<JsonNode> lines = stream.lines();
            assertThat(lines).hasSize(3);
            assertThat(lines.get(1).get(0).toString()).isEqualTo("[{\"command\":\"SELECT\",\"rowCount\":0}]");
            assertThat(lines.get(1).get(2).stringValue()).isEqualTo(json);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT generate_series(1, 9)                                              | SELECT | 9",
                "SELECT generate_series(1, 10)                                             | SELECT | 10",
                "VALUES (1)                                                                | SELECT | 1",
                "WITH x AS (SELECT generate_series(1, 50)) TABLE x                         | SELECT | 50",
                "INSERT INTO item SELECT generate_series(1, 50) RETURNING id               | INSERT | 50",
                "WITH x(i) AS (SELECT generate_series(1, 50)) INSERT INTO item SELECT i FROM x RETURNING id | INSERT | 50",
            })
    void lastLineHasTheCommandAndTheCount(String sql, String command, int count) throws IOException {
        try (Stream stream = stream(sql)) {
            assertThat(stream.lines().getLast().toString())
                    .isEqualTo("{\"command\":\"" + command + "\",\"rowCount\":" + count + "}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/x-ndjson                          | true",
                "APPLICATION/X-NDJSON                          | true",
                "application/json, application/x-ndjson;q=0.5  | true",
                "application/x-ndjson;q=0                      | false",
                "application/x-ndjsonfoo                       | false",
                "*/*                                           | false",
            })
    void streamMustBeAcceptedByItsName(String accept, boolean streamed) {
        assertThat(CLIENT.query(Map.of("accept", accept), "SELECT 1").text().startsWith("{\"fields\":[{"))
                .isTrue();
        assertThat(CLIENT.query(Map.of("accept", accept), "SELECT 1").text().contains("rowAsArray"))
                .isEqualTo(!streamed);
    }

    @Test
    void statementWithoutRowsHasNoFields() throws IOException {
        try (Stream stream = stream("INSERT INTO item VALUES (1), (2)")) {
            assertThat(stream.lines().toString())
                    .isEqualTo("[{\"fields\":[]}, {\"command\":\"INSERT\",\"rowCount\":2}]");
        }
        assertThat(POSTGRES.value("SELECT count(*) FROM item")).isEqualTo("2");
    }

    @Test
    void connectionCanBeUsedAgain() throws IOException {
        try (Stream stream = stream("SELECT 1")) {
            stream.lines();
            stream.send("1.1", body("SELECT 2"));
            assertThat(stream.lines().get(1).toString()).isEqualTo("[2]");
        }
    }

    /** A client of HTTP/1.0 knows no chunks: the end of the connection is the end of the body. */
    @Test
    void olderClientGetsNoChunks() throws IOException {
        try (Stream stream = new Stream("1.0", body("SELECT 1"))) {
            assertThat(stream.head).noneMatch(line -> line.startsWith("transfer-encoding"));
            assertThat(stream.in.lines().skip(1).toList())
                    .containsExactly("[1]", "{\"command\":\"SELECT\",\"rowCount\":1}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SELECT 1/0", "SELECT", "SELEC 1", "SELECT $1", "COPY item TO STDOUT", "COMMIT", "VACUUM item"})
    void errorBeforeTheFirstRowHasItsStatus(String sql) {
        try (Stream stream = stream(sql)) {
            assertThat(stream.status()).isEqualTo(sql.equals("SELECT") ? 200 : 400);
            assertThat(stream.head).anyMatch(line -> sql.equals("SELECT") || line.startsWith("content-length"));
        }
    }

    @Test
    void laterErrorIsTheLastLine() throws IOException {
        try (Stream stream = stream("SELECT 100/(5000 - i) FROM generate_series(1, 9000) i")) {
            assertThat(stream.status()).isEqualTo(200);
            List<JsonNode> lines = stream.lines();
            assertThat(lines.getLast().get("error").get("code").stringValue()).isEqualTo("22012");
            assertThat(lines.get(lines.size() - 2).isArray()).isTrue();
            stream.send("1.1", body("SELECT 2"));
            assertThat(stream.lines().get(1).toString()).isEqualTo("[2]");
        }
    }

    @Test
    void streamWithAnErrorWritesNothing() throws IOException {
        POSTGRES.execute("CREATE OR REPLACE FUNCTION write(i int) RETURNS int LANGUAGE sql"
                + " AS 'INSERT INTO item VALUES (i) RETURNING id'");
        String insert = "SELECT write(i), 100/(5000 - i) FROM generate_series(1, 9000) i";
        try (Stream stream = stream(insert)) {
            assertThat(stream.lines().getLast().has("error")).isTrue();
        }
        assertThat(POSTGRES.value("SELECT count(*) FROM item")).isEqualTo("0");
    }

    /** PostgreSQL waits while the client does not read. */
    @Test
    void slowClientHoldsBackTheDatabase() throws IOException {
        try (Stream stream = stream("SELECT i, repeat('x', 1000) FROM generate_series(1, 100000000) i")) {
            stream.chunk();
            await().until(() -> POSTGRES.value(
                            "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE '%repeat%'")
                    .equals("1"));
            assertThat(Double.parseDouble(gauge("hasten_memory_database_bytes")))
                    .isLessThan(4 << 20);
            assertThat(gauge("hasten_streams_open")).isEqualTo("1.0");
        }
        awaitIdle();
        assertThat(POSTGRES.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND query LIKE '%repeat%'"
                                + " AND pid <> pg_backend_pid()"))
                .isEqualTo("0");
    }

    @Test
    void disconnectCancelsTheStatement() {
        try (Stream stream =
                stream("SELECT i, CASE WHEN i > 20 THEN pg_sleep(60) END FROM generate_series(1, 100) i")) {
            assertThat(stream.status()).isEqualTo(200);
        }
        awaitIdle();
    }

    @Test
    void numberOfStreamsIsLimited() throws IOException {
        try (Stream first = stream("SELECT i, repeat('x', 1000) FROM generate_series(1, 100000000) i")) {
            first.chunk();
            try (Stream second = stream("SELECT 1")) {
                assertThat(second.status()).isEqualTo(429);
                assertThat(second.head).contains("Retry-After: 1");
            }
            assertThat(CLIENT.value("SELECT 1")).isEqualTo("1");
        }
        awaitIdle();
        try (Stream third = stream("SELECT 1")) {
            assertThat(third.status()).isEqualTo(200);
        }
    }

    @Test
    void rowThatIsTooLargeEndsTheStreamWithAnError() throws IOException {
        try (Stream stream = stream(
                "SELECT repeat('x', CASE WHEN i = 5000 THEN 20000000 ELSE 1 END) FROM generate_series(1, 9000) i")) {
            assertThat(stream.lines().getLast().get("error").get("code").stringValue())
                    .isEqualTo("54000");
        }
    }

    @Test
    void timeLimitIsThatOfStreams() {
        try (TestServer server =
                TestServer.on(POSTGRES).with("limits.stream_timeout", "1s").start()) {
            SqlClient client = new SqlClient(server.client());
            var early = client.query(Map.of("accept", "application/x-ndjson"), "SELECT pg_sleep(60)");
            assertThat(early.status()).isEqualTo(400);
            assertThat(early.text()).contains("57014", "limits.stream_timeout");
            var late = client.query(
                    Map.of("accept", "application/x-ndjson"),
                    "SELECT CASE WHEN i > 20 THEN pg_sleep(60) END FROM generate_series(1, 100) i");
            assertThat(late.status()).isEqualTo(200);
            assertThat(late.text().lines().toList().getLast())
                    .startsWith("{\"error\":")
                    .contains("57014");
        }
    }

    @Test
    void streamMayTakeLongerThanAQuery() throws IOException {
        try (Stream stream = stream("SELECT pg_sleep(1.5)")) {
            assertThat(stream.lines()).hasSize(3);
        }
    }

    @Test
    void transactionCannotBeStreamed() {
        try (Stream stream = new Stream("1.1", "{\"queries\":[{\"query\":\"SELECT 1\"}]}")) {
            assertThat(stream.status()).isEqualTo(400);
        }
    }

    @Test
    void streamIsNeverCached() throws IOException {
        String body = JSON.writeValueAsString(
                Map.of("query", "SELECT count(*) FROM item", "cacheStrategy", Map.of("ttl", 60)));
        for (int i = 0; i < 2; i++) {
            try (Stream stream = new Stream("1.1", body)) {
                assertThat(stream.lines().get(1).toString()).isEqualTo("[\"" + i + "\"]");
            }
            POSTGRES.execute("INSERT INTO item VALUES (1)");
        }
    }
}
