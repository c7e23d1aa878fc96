package dev.hasten.bench.load;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Controls when operations start on the connections of one event loop. Confined to that event loop. */
abstract sealed class Driver permits ClosedLoop, IdleCrowd, OpenLoop, StampedeLoop {
    private static final long SWEEP = Duration.ofMillis(50).toNanos();

    /** Pause after a connection could not be opened. */
    private static final long RECONNECT_PAUSE = Duration.ofMillis(100).toNanos();

    final EventLoop loop;
    final LoadSettings settings;
    final Recorder recorder;
    final List<Connection> connections;

    /**
     * The start of the load. This field and the next two, the start of the measurement and the time after which no
     * operation starts, are in terms of {@link System#nanoTime}.
     */
    final long start;

    final long measureFrom;
    final long end;

    private final Opening opening;
    private final CompletableFuture<Recorder> done = new CompletableFuture<>();
    private boolean stopping;

    /**
     * @param opening the completed opening of the connections
     * @param settings settings for this event loop's part of the load
     * @param kinds number of kinds of operations
     */
    Driver(Opening opening, LoadSettings settings, long start, int kinds) {
        this.opening = opening;
        this.loop = opening.loop();
        this.connections = opening.connections();
        this.settings = settings;
        this.start = start;
        this.measureFrom = start + settings.warmUp().toNanos();
        this.end = measureFrom + settings.duration().toNanos();
        this.recorder = new Recorder(measureFrom, settings.duration(), kinds);
    }

    /** Called when an operation can start on this connection. */
    abstract void ready(Connection connection, long now);

    /** Whether all operations have been started. */
    abstract boolean isExhausted(long now);

    /** Called periodically. */
    void lookAfter(long now) {}

    /** Starts the load. */
    void begin() {
        long now = System.nanoTime();
        connections.forEach(connection -> connection.attach(this));
        for (Connection connection : connections) {
            if (connection.isIdle()) {
                ready(connection, now);
            } else {
                disconnected(connection);
            }
        }
        sweep();
    }

    /** Completes when all started operations have ended. */
    CompletableFuture<Recorder> done() {
        return done;
    }

    /** Prevents further operations from starting. */
    void stop() {
        stopping = true;
        endIfOver(System.nanoTime());
    }

    boolean isStopping() {
        return stopping;
    }

    void succeeded(Connection connection, int kind, long now) {
        if (connection.measured) {
            recorder.operation(kind, connection.intended, now);
        }
        free(connection, now);
    }

    /** Records a failed operation, even during the warm-up. */
    void failed(Connection connection, String reason) {
        recorder.failure(reason, 1);
        free(connection, System.nanoTime());
    }

    private void free(Connection connection, long now) {
        if (connection.isIdle() && !done.isDone()) {
            ready(connection, now);
        }
        endIfOver(now);
    }

    void disconnected(Connection connection) {
        if (!done.isDone() && !stopping) {
            recorder.reconnects++;
            reconnect(connection);
        }
    }

    private void reconnect(Connection connection) {
        opening.connect(connection).addListener(connected -> {
            if (done.isDone()) {
                connection.close();
            } else if (connected.isSuccess()) {
                ready(connection, System.nanoTime());
            } else if (!stopping) {
                recorder.failure("no connection: " + connected.cause().getMessage(), 1);
                var _ = loop.schedule(() -> reconnect(connection), RECONNECT_PAUSE, NANOSECONDS);
            }
        });
    }

    /** Abandons operations that have timed out. */
    private void sweep() {
        if (done.isDone()) {
            return;
        }
        long now = System.nanoTime();
        for (Connection connection : connections) {
            if (connection.isBusy() && now - connection.deadline > 0) {
                connection.abandon("no response within " + settings.timeout().toMillis() + " ms");
            }
        }
        lookAfter(now);
        endIfOver(now);
        var _ = loop.schedule(this::sweep, SWEEP, NANOSECONDS);
    }

    private void endIfOver(long now) {
        if (!done.isDone()
                && (stopping || isExhausted(now))
                && connections.stream().noneMatch(Connection::isBusy)) {
            done.complete(recorder);
        }
    }

    final long deadline(long now) {
        return now + settings.timeout().toNanos();
    }
}
