package dev.hasten.memory;

import static dev.hasten.testing.Plans.join;
import static dev.hasten.testing.Plans.let;
import static dev.hasten.testing.Plans.query;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.deadline.Cancellation;
import dev.hasten.plan.ParsingMemory;
import dev.hasten.protocol.QueryRequest;
import dev.hasten.protocol.RequestParser;
import dev.hasten.schema.PrismaSchemas;
import dev.hasten.schema.SchemaSetup;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The memory counted for requests matches the memory that they use, within 30 %. */
@Tag("integration")
final class MemoryCountTest {
    private static final Percentage TOLERANCE = Percentage.withPercentage(30);
    private static final int MEGABYTE = 1 << 20;

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES)
            .with("memory.budget", "1gb")
            .with("limits.max_result_bytes", "200mb")
            .with("limits.max_response_bytes", "20mb");

    private final List<Socket> sockets = new ArrayList<>();

    @BeforeAll
    static void warmUp() {
        assertThat(SERVER.client().query(query("SELECT 1 AS a")).status()).isEqualTo(200);
    }

    @AfterEach
    void disconnect() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        await().until(() ->
                counted(MemoryUse.REQUESTS) + counted(MemoryUse.RESULTS) + counted(MemoryUse.RESPONSES) == 0);
    }

    /** Returns the bytes in use according to the metric. */
    private static long counted(MemoryUse use) {
        String name = "hasten_memory_used_bytes{use=\"" + use.name().toLowerCase(Locale.ROOT) + "\"} ";
        return SERVER.server()
                .metrics()
                .scrape()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    /** Returns the bytes of live objects and direct memory. */
    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 2; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        long direct = Math.max(0, PlatformDependent.usedDirectMemory());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            direct += pool.getMemoryUsed();
        }
        return least + direct;
    }

    private static void assertCounted(String what, long counted, long usedBefore) {
        long used = used() - usedBefore;
        assertThat(used).isGreaterThan(MEGABYTE);
        assertThat(counted).as(what).isCloseTo(used, TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]",
                "{}",
                "123456",
                "1234567890123",
                "12345678901234567890",
                "1.25",
                "true",
                "\"a\"",
                "\"0123456789012345678901234567890123456789\"",
                "[1000]",
                "[[[]]]",
                "{\"a\":1000}",
                "{\"id\":1000,\"name\":\"Ann\",\"email\":\"ann@example.org\",\"age\":51,\"active\":true}",
            })
    void parsedValues(String value) {
        byte[] body = ("{\"values\":[" + (value + ",").repeat(6 * MEGABYTE / (value.length() + 14)) + value + "]}")
                .getBytes(UTF_8);
        RequestParser parser = new RequestParser(100, Integer.MAX_VALUE);
        Reservation memory = MemoryBudget.unlimited().open(MemoryBudget.NO_DATABASE, "");
        long before = used();
        JsonNode parsed = parser.sql(body, new ParsingMemory(new Cancellation(memory), MemoryUse.REQUESTS));
        assertCounted(value, memory.heldBytes(MemoryUse.REQUESTS), before);
        assertThat(parsed.path("values").size()).isPositive();
    }

    private Socket connect(String head, int receiveBuffer) {
        try {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.setReceiveBufferSize(receiveBuffer);
            socket.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), SERVER.server().port()));
            socket.getOutputStream()
                    .write(("POST /sql HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + TestServer.KEY
                                    + "\r\nContent-Type: application/json\r\n" + head)
                            .getBytes(UTF_8));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitCount(LongSupplier count, long bytes) {
        await().untilAsserted(() -> assertThat(count.getAsLong()).isGreaterThan(bytes));
    }

    @ParameterizedTest
    @CsvSource({"1000000,8", "16000000,1", "16000000,6"})
    void bodiesBeingReceived(int length, int megabytes) throws IOException {
        byte[] piece = new byte[MEGABYTE / 8];
        Arrays.fill(piece, (byte) ' ');
        long before = used();
        long sent = 0;
        for (int i = 0; i < 20; i++) {
            Socket socket = connect("Content-Length: " + length + "\r\n\r\n", 1 << 16);
            for (long one = 0;
                    one + piece.length < Math.min((long) megabytes * MEGABYTE, length);
                    one += piece.length) {
                socket.getOutputStream().write(piece);
                sent += piece.length;
            }
        }
        long all = sent;
        awaitCount(() -> counted(MemoryUse.REQUESTS), all - 1);
        assertCounted(length + " " + megabytes, counted(MemoryUse.REQUESTS), before);
    }

    @Test
    void unsentResponses() {
        int length = 9_000_000;
        String body = "{\"query\":\"SELECT repeat('x', " + length + ")\"}";
        long before = used();
        for (int i = 0; i < 10; i++) {
            connect("Content-Length: " + body.length() + "\r\n\r\n" + body, 1 << 12);
        }
        await().until(() -> counted(MemoryUse.RESULTS) == 0 && counted(MemoryUse.RESPONSES) >= 10L * length);
        assertCounted("responses", counted(MemoryUse.RESPONSES), before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "i",
                "i AS a, i AS b, i AS c, i AS d, i AS e, i AS f",
                "i, repeat('x', 100) AS t",
                "i, true AS b, 1.5::float8 AS f, now()::text AS t",
            })
    void rows(String columns) throws Exception {
        held(query("SELECT " + columns + " FROM generate_series(100000, 200000) i"), columns);
    }

    /** Runs a plan that holds a value while another statement waits. */
    private static void held(Map<String, ?> value, String what) throws Exception {
        long before = used();
        try (Connection lock = POSTGRES.connection()) {
            lock.createStatement().execute("SELECT pg_advisory_lock(13)");
            CompletableFuture<Reply> reply = SERVER.client()
                    .queryLater(let("held", value, query("SELECT pg_advisory_lock_shared(13)::text AS locked")));
            await().until(() -> POSTGRES.value(
                            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                                    + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                    .equals("1"));
            assertCounted(what, counted(MemoryUse.RESULTS), before);
            lock.createStatement().execute("SELECT pg_advisory_unlock(13)");
            assertThat(reply.join().status()).isEqualTo(200);
        }
    }

    @Test
    void notificationsAreNotRetained() {
        POSTGRES.execute(
                "CREATE FUNCTION listen() RETURNS int LANGUAGE plpgsql AS 'BEGIN LISTEN c; RETURN 1; END'",
                "CREATE VIEW listening AS SELECT listen()");
        SERVER.client().query(query("SELECT * FROM listening"));
        long before = used();
        Reply reply = SERVER.client()
                .query(query("SELECT count(pg_notify('c', repeat('x', 7000) || g)) FROM generate_series(1, 5000) g"));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(used() - before).isLessThan(20 * MEGABYTE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]",
                "123456",
                "1.25",
                "\"0123456789012345678901234567890123456789\"",
                "[1000,2000,3000,4000]",
                "{\"a\":1000}",
            })
    void parsedParameters(String value) {
        String values = (value + ",").repeat(6 * MEGABYTE / (value.length() + 14)) + value;
        byte[] body = ("{\"operation\":\"findMany\",\"plan\":{},\"params\":{\"a\":[" + values + "]}}").getBytes(UTF_8);
        RequestParser parser = new RequestParser(100, Integer.MAX_VALUE);
        Reservation memory = MemoryBudget.unlimited().open(MemoryBudget.NO_DATABASE, "");
        long before = used();
        QueryRequest parsed = parser.query(body, new ParsingMemory(new Cancellation(memory), MemoryUse.REQUESTS));
        assertCounted(value, memory.heldBytes(MemoryUse.REQUESTS), before);
        assertThat(parsed.parameters()).hasSize(1);
    }

    @Test
    void joinedRecords() throws Exception {
        Map<String, ?> parents = query("SELECT i AS id FROM generate_series(1, 100000) i");
        Map<String, ?> children = query("SELECT i AS id, i / 2 AS parent FROM generate_series(2, 200000) i");
        held(join(parents, children, "children", false, true, "id", "parent"), "joined records");
    }

    @Test
    void schemas(@TempDir Path directory) {
        MemoryBudget budget = new MemoryBudget(2L << 30, List.of("default"));
        PrismaSchemas schemas = new SchemaSetup(budget, Clock.systemUTC())
                .inFiles("default", new PrismaSchemas.Limits(10, 4 << 20, Duration.ofMinutes(1)), null, directory);
        upload(schemas, "Warm", 1);
        long counted = budget.usedBytes(MemoryUse.SCHEMAS);
        long before = used();
        upload(schemas, "A", 300);
        upload(schemas, "B", 10);
        assertCounted("schemas", budget.usedBytes(MemoryUse.SCHEMAS) - counted, before);
        assertThat(schemas.list()).hasSize(3);
    }

    private static void upload(PrismaSchemas schemas, String name, int models) {
        StringBuilder schema = new StringBuilder("datasource db {\n provider = \"postgresql\"\n url = env(\"U\")\n}\n");
        for (int i = 0; i < models; i++) {
            schema.append("model ").append(name).append(i).append(" {\n id Int @id\n");
            for (int field = 0; field < 20; field++) {
                schema.append(" field").append(field).append(" String?\n");
            }
            schema.append("}\n");
        }
        byte[] body = Base64.getEncoder().encode(schema.toString().getBytes(UTF_8));
        schemas.upload(sha256(body), body, new Cancellation());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
