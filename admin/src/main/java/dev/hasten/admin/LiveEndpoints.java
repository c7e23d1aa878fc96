package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.http.ResponseStream;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.LiveSeries;
import dev.hasten.server.LiveSeries.Point;
import dev.hasten.server.LiveSeries.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** How the server does: as a list of points, or as server-sent events. */
final class LiveEndpoints {
    private static final String WINDOW = "window";
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final int STREAMS = 32;
    /** A comment keeps proxies from closing a connection on which nothing happens. */
    private static final byte[] COMMENT = ": still here\n\n".getBytes(UTF_8);

    private final LiveSeries live;
    private final Predicate<Exchange> mayRead;
    private final Semaphore streams = new Semaphore(STREAMS);

    /** {@code GET /live}: the oldest point first. */
    record Live(String window, long stepMs, List<Point> points) {}

    /** @param mayRead whether the token of a request still permits to read */
    LiveEndpoints(LiveSeries live, Predicate<Exchange> mayRead) {
        this.live = live;
        this.mayRead = mayRead;
    }

    Response points(Exchange exchange) {
        Window window = window(exchange);
        return AdminJson.response(200, new Live(window.label(), window.step().toMillis(), live.points(window)));
    }

    private static Window window(Exchange exchange) {
        String[] labels = Arrays.stream(Window.values()).map(Window::label).toArray(String[]::new);
        String label = new Query(exchange).word(WINDOW, labels);
        return Arrays.stream(Window.values())
                .filter(window -> window.label().equals(label))
                .findFirst()
                .orElseThrow();
    }

    /** Sends all points of the window, then each new one, until the client disconnects or its token is no longer valid. */
    Response stream(Exchange exchange) {
        Window window = window(exchange);
        if (!streams.tryAcquire()) {
            throw ApiError.tooManyRequests(
                    "Too many open streams: the limit is " + STREAMS + ". Close another dashboard",
                    Duration.ofSeconds(5));
        }
        try {
            ResponseStream stream = exchange.stream(Response.bytes(200, "text/event-stream; charset=utf-8", new byte[0])
                    .header("Cache-Control", "no-store"));
            send(exchange, stream, window);
            stream.end();
            return Response.STREAMED;
        } finally {
            streams.release();
        }
    }

    private void send(Exchange exchange, ResponseStream stream, Window window) {
        List<Point> known = live.points(window);
        Instant last = known.isEmpty() ? Instant.EPOCH : known.getLast().at();
        if (!write(stream, event("points", window, known))) {
            return;
        }
        try {
            while (true) {
                List<Point> later = live.await(window, last, KEEP_ALIVE);
                if ((later.isEmpty() && live.isClosed()) || !mayRead.test(exchange)) {
                    return;
                }
                if (!later.isEmpty()) {
                    last = later.getLast().at();
                }
                if (!write(stream, later.isEmpty() ? COMMENT : event("more", window, later))) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] event(String name, Window window, List<Point> points) {
        byte[] json = AdminJson.bytes(new Live(window.label(), window.step().toMillis(), points));
        return ("event: " + name + "\ndata: " + new String(json, UTF_8) + "\n\n").getBytes(UTF_8);
    }

    private static boolean write(ResponseStream stream, byte[] bytes) {
        return stream.write(bytes, bytes.length).join();
    }
}
