package dev.hasten.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.hasten.testing.PostgresServer;
import dev.hasten.testing.TestServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The server of a fuzz target, with a real PostgreSQL, and a client that keeps its connection. */
final class FuzzServer {
    /** What no response may contain: names of classes, paths and addresses. Clients do not send these. */
    private static final Pattern INTERNALS =
            Pattern.compile("dev\\.hasten|java\\.lang|org\\.postgresql|io\\.netty|\\tat |jdbc:|/proxy-server|/tmp/");

    private static final int READ_TIMEOUT_MILLIS = 20_000;

    private final TestServer server;
    private @Nullable Socket socket;
    private @Nullable InputStream in;

    private FuzzServer(TestServer server) {
        this.server = server;
    }

    /** Starts PostgreSQL and a server with a single connection to it, so that a request sees what the previous one left. */
    static FuzzServer start(String... statements) {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
        PostgresServer postgres = PostgresServer.started();
        try (var connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres", "postgres", null);
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE app LOGIN");
            statement.execute("GRANT CREATE ON SCHEMA public TO app");
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        TestServer server = TestServer.on("postgresql://app@127.0.0.1:" + postgres.port() + "/postgres")
                .with("pool.size", 1)
                // The poll uses the connection for a moment, which would look like a leak.
                .with("limits.query_timeout", "5s")
                .with("http.max_body_bytes", "1mb")
                .start();
        return new FuzzServer(server);
    }

    /** A response; the status is 0 if the server closed the connection without one. */
    record Reply(int status, String body) {
        static final Reply NONE = new Reply(0, "");
    }

    /** Sends a request with the valid key on the kept connection, and checks what holds for all responses. */
    Reply post(String path, byte[] body, String... headers) {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: fuzz\r\nAuthorization: Bearer "
                + TestServer.KEY + "\r\nContent-Type: application/json\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        byte[] start = head.append("Content-Length: ")
                .append(body.length)
                .append("\r\n\r\n")
                .toString()
                .getBytes(ISO_8859_1);
        byte[] request = new byte[start.length + body.length];
        System.arraycopy(start, 0, request, 0, start.length);
        System.arraycopy(body, 0, request, start.length, body.length);
        try {
            connect();
            Objects.requireNonNull(socket).getOutputStream().write(request);
            Reply reply = read(Objects.requireNonNull(in)).orElse(Reply.NONE);
            if (reply.status() == 0) {
                throw new IllegalStateException("the connection was closed without a response");
            }
            return reply;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void connect() throws IOException {
        if (socket == null) {
            Socket opened = open();
            socket = opened;
            in = new BufferedInputStream(opened.getInputStream());
        }
    }

    /** Opens another connection. */
    Socket open() throws IOException {
        Socket opened =
                new Socket(InetAddress.getLoopbackAddress(), server.server().port());
        opened.setSoTimeout(READ_TIMEOUT_MILLIS);
        opened.setTcpNoDelay(true);
        return opened;
    }

    /** Reads a response and checks it; returns empty at the end of the input. */
    Optional<Reply> read(InputStream input) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            if (next < 0) {
                return Optional.empty();
            }
            head.append((char) next);
        }
        int status = Integer.parseInt(head.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3));
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length: ");
        int length = at < 0
                ? 0
                : Integer.parseInt(lower.substring(at + "content-length: ".length(), lower.indexOf('\r', at)));
        String body = new String(input.readNBytes(length), UTF_8);
        if (lower.contains("connection: close")) {
            socket = null;
        }
        requireClean(status, body);
        return Optional.of(new Reply(status, body));
    }

    /** Checks that a response is no internal error and shows no internals. */
    void requireClean(int status, String body) {
        // Prisma's own executor responds with 500 to plans that it cannot run. Its errors have a code.
        if ((status == 500 && !body.contains("\"P6000\"")) || body.contains("Internal server error")) {
            throw new IllegalStateException("internal error: " + body);
        }
        if (INTERNALS.matcher(body).find()) {
            throw new IllegalStateException("the response shows internals: " + body);
        }
    }

    /** Checks that nothing of the previous requests is in use, and that the connection to PostgreSQL is in sync. */
    void requireIdle(long number) {
        Reply echo = post("/sql", ("{\"query\":\"SELECT " + number + " AS n\"}").getBytes(UTF_8));
        if (!echo.body().contains("\"n\":" + number) && !echo.body().contains("\"n\":\"" + number)) {
            throw new IllegalStateException("the response belongs to another request: " + echo);
        }
        long inUse = server.server().databases().values().stream()
                .mapToLong(database ->
                        database.pool().active() + database.transactions().openCount())
                .sum();
        if (inUse != 0) {
            throw new IllegalStateException("a connection or transaction stays in use");
        }
    }

    /** The server itself. */
    TestServer server() {
        return server;
    }
}
