package dev.hasten.bench.load;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Decides for the connections of one event loop what begins when. Only that event loop calls it. */
abstract sealed class Driver permits ClosedLoop, IdleCrowd, OpenLoop, StampedeLoop {
    private static final long SWEEP = Duration.ofMillis(50).toNanos();

    /** After a connection could not be opened. */
    private static final long RECONNECT_PAUSE = Duration.ofMillis(100).toNanos();

    final EventLoop loop;
    final LoadSettings settings;
    final Recorder recorder;
    final List<Connection> connections;

    /** When the load begins, what is measured begins, and nothing begins any more; as of {@link System#nanoTime}. */
    final long start;

    final long measureFrom;
    final long end;

    private final Opening opening;
    private final CompletableFuture<Recorder> done = new CompletableFuture<>();
    private boolean stopping;

    /**
     * @param opening of the connections, which is over
     * @param settings of this part of the load
     * @param kinds of operations
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

    /** An operation may begin on this connection. */
    abstract void ready(Connection connection, long now);

    /** Whether all has begun that was to begin. */
    abstract boolean isExhausted(long now);

    /** Called every now and then. */
    void lookAfter(long now) {}

    /** The time has come. */
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

    /** Ends when all that has begun is over. */
    CompletableFuture<Recorder> done() {
        return done;
    }

    /** Lets nothing begin any more. */
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

    /** Also during the warm-up: an error is an error. */
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

    /** Gives up what takes too long. */
    private void sweep() {
        if (done.isDone()) {
            return;
        }
        long now = System.nanoTime();
        for (Connection connection : connections) {
            if (connection.isBusy() && now - connection.deadline > 0) {
                connection.abandon("no answer in " + settings.timeout().toMillis() + " ms");
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
