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

/** A server on a real socket whose responses a test defines. */
final class FakeServer implements AutoCloseable {
    static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

    private final ServerSocket socket;
    private final Behaviour behaviour;
    private final AtomicInteger requests = new AtomicInteger();

    /** The server's behaviour. */
    @FunctionalInterface
    interface Behaviour {
        /**
         * Returns the response to a request.
         *
         * @param number the number of the request, starting at 1
         * @param path the path of the request
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
            // The server was closed.
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
            // The client has disconnected.
        }
    }

    /** Reads the next request and returns its path; null at the end of the connection. */
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
