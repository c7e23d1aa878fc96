package dev.hasten.bench.load;

/**
 * Each connection starts its next operation when the previous one has ended. This measures the throughput of
 * the server.
 */
final class ClosedLoop extends Driver {
    private long begun;

    ClosedLoop(Opening opening, LoadSettings settings, long start, int kinds) {
        super(opening, settings, start, kinds);
    }

    @Override
    void ready(Connection connection, long now) {
        if (isStopping() || isExhausted(now)) {
            return;
        }
        boolean measured = now - measureFrom >= 0;
        if (measured) {
            begun++;
        }
        connection.begin(now, measured, deadline(now));
    }

    @Override
    boolean isExhausted(long now) {
        return now - end >= 0 || begun >= settings.operations();
    }
}
