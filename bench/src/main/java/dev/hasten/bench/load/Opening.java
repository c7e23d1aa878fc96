package dev.hasten.bench.load;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Opens the connections of one event loop, a few at a time: a server accepts only so many at once. */
final class Opening {
    private static final int AT_A_TIME = 64;

    private final EventLoop loop;
    private final Connector connector;
    private final List<Connection> connections;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int begun;
    private int open;

    /** @param scripts one for each connection */
    Opening(EventLoop loop, Connector connector, int count, Supplier<Script> scripts) {
        this.loop = loop;
        this.connector = connector;
        this.connections = Stream.generate(() -> new Connection(scripts.get()))
                .limit(count)
                .toList();
    }

    EventLoop loop() {
        return loop;
    }

    List<Connection> connections() {
        return connections;
    }

    /** Ends when all are open, or the first could not be opened. */
    CompletableFuture<Void> open() {
        loop.execute(() -> {
            for (int i = 0; i < AT_A_TIME; i++) {
                openNext();
            }
        });
        return done;
    }

    private void openNext() {
        if (begun == connections.size() || done.isDone()) {
            return;
        }
        connect(connections.get(begun++)).addListener(connected -> {
            if (!connected.isSuccess()) {
                done.completeExceptionally(connected.cause());
            } else if (++open == connections.size()) {
                done.complete(null);
            } else {
                openNext();
            }
        });
    }

    /** Opens one of them, for the first time or again. */
    Future<Channel> connect(Connection connection) {
        return connector.connect(loop, connection);
    }

    void close() {
        loop.execute(() -> connections.forEach(Connection::close));
    }
}
