package dev.hasten.bench.load;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Opens the connections of one event loop, a limited number at a time, because the accept backlog of a server
 * is limited.
 */
final class Opening {
    private static final int AT_A_TIME = 64;

    private final EventLoop loop;
    private final Connector connector;
    private final List<Connection> connections;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int begun;
    private int open;

    /** @param scripts supplies a script for each connection */
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

    /** Opens all connections. The future completes when all are open or when opening one has failed. */
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

    /** Opens or reopens one connection. */
    Future<Channel> connect(Connection connection) {
        return connector.connect(loop, connection);
    }

    void close() {
        loop.execute(() -> connections.forEach(Connection::close));
    }
}
