package dev.hasten.bench.load;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.hasten.bench.http.CacheStatus;
import java.time.Duration;

/**
 * Runs rounds in which a response is invalidated and then requested by all connections simultaneously. This measures
 * how many of them wait for PostgreSQL, and how long.
 */
final class StampedeLoop extends Driver {
    /** Minimum duration of a round, because servers limit the rate of invalidations. */
    private static final long SHORTEST_ROUND = Duration.ofMillis(20).toNanos();

    private final Script invalidation;
    private boolean invalidated;
    private boolean waits;
    private boolean roundIsMeasured;
    private long roundStart;
    private long begun;
    private long missesBefore;

    StampedeLoop(Opening opening, LoadSettings settings, long start, Script invalidation) {
        super(opening, settings, start, 1);
        this.invalidation = invalidation;
        this.roundStart = start - SHORTEST_ROUND;
    }

    @Override
    void ready(Connection connection, long now) {
        if (waits || isStopping() || !connections.stream().allMatch(Connection::isIdle)) {
            return;
        }
        if (invalidated) {
            invalidated = false;
            askAll(now);
        } else {
            endRound(now);
            if (!isExhausted(now)) {
                waits = true;
                var _ = loop.schedule(this::invalidate, roundStart + SHORTEST_ROUND - now, NANOSECONDS);
            }
        }
    }

    private void invalidate() {
        waits = false;
        long now = System.nanoTime();
        Connection first = connections.getFirst();
        if (isStopping() || !first.isIdle()) {
            return;
        }
        invalidated = true;
        roundStart = now;
        first.begin(invalidation, now, false, deadline(now));
    }

    private void askAll(long now) {
        roundIsMeasured = now - measureFrom >= 0;
        missesBefore = misses();
        for (Connection connection : connections) {
            connection.begin(now, roundIsMeasured, deadline(now));
        }
        if (roundIsMeasured) {
            begun += connections.size();
        }
    }

    private void endRound(long now) {
        if (roundIsMeasured) {
            roundIsMeasured = false;
            recorder.round(misses() - missesBefore, now - connections.getFirst().intended);
        }
    }

    private long misses() {
        return recorder.responses(CacheStatus.MISS);
    }

    /** Not exhausted in the middle of a round. */
    @Override
    boolean isExhausted(long now) {
        return !invalidated && !waits && (now - end >= 0 || begun >= settings.operations());
    }

    @Override
    void succeeded(Connection connection, int kind, long now) {
        if (!invalidated) {
            super.succeeded(connection, kind, now);
        } else {
            ready(connection, now);
        }
    }
}
