package dev.hasten.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.hasten.bench.http.Target;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A server on a real socket that answers as a test says. */
final class FakeServer implements AutoCloseable {
    static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

    private final ServerSocket socket;
    private final Behaviour behaviour;
    private final AtomicInteger requests = new AtomicInteger();

    /** What it does. */
    @FunctionalInterface
    interface Behaviour {
        /**
         * What it answers.
         *
         * @param number of the request, counted from 1
         * @param path that it asks for
         * @return null to close the connection
         */
        @Nullable
        String respond(int number, String path) throws InterruptedException;
    }

    FakeServer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        this.socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    Target target() {
        return new Target("127.0.0.1", socket.getLocalPort(), null, "key");
    }

    int requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            for (String path = request(in); path != null; path = request(in)) {
                String response = behaviour.respond(requests.incrementAndGet(), path);
                if (response == null) {
                    return;
                }
                client.getOutputStream().write(response.getBytes(ISO_8859_1));
            }
        } catch (IOException | InterruptedException e) {
            // The client is gone.
        }
    }

    /** The path of the next request, read to its end; null at the end of the connection. */
    private static @Nullable String request(InputStream in) throws IOException {
        String first = line(in);
        int length = 0;
        for (String line = first; !line.isEmpty(); line = line(in)) {
            if (line.startsWith("content-length: ")) {
                length = Integer.parseInt(line.substring("content-length: ".length()));
            }
        }
        in.skipNBytes(length);
        return first.isEmpty() ? null : first.split(" ", -1)[1];
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
