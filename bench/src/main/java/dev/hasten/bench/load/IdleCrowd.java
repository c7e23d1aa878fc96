package dev.hasten.bench.load;

import java.util.ArrayDeque;
import java.util.Deque;

/** Many connections that run one operation each, a few at a time, and then stay open and idle. */
final class IdleCrowd extends Driver {
    /** Number of concurrent operations. The purpose is idle connections, not load on the server. */
    static final int AT_A_TIME = 32;

    private final Deque<Connection> waiting = new ArrayDeque<>();
    private int left;
    private int running;

    IdleCrowd(Opening opening, LoadSettings settings, long start) {
        super(opening, settings, start, 1);
    }

    @Override
    void begin() {
        waiting.addAll(connections);
        left = connections.size();
        super.begin();
    }

    private void beginMore(long now) {
        while (running < AT_A_TIME && !waiting.isEmpty()) {
            Connection next = waiting.remove();
            if (next.isIdle()) {
                running++;
                next.begin(now, true, deadline(now));
            } else {
                left--;
            }
        }
    }

    @Override
    void succeeded(Connection connection, int kind, long now) {
        ended();
        super.succeeded(connection, kind, now);
    }

    @Override
    void failed(Connection connection, String reason) {
        ended();
        super.failed(connection, reason);
    }

    private void ended() {
        running--;
        left--;
    }

    @Override
    void ready(Connection connection, long now) {
        beginMore(now);
    }

    @Override
    boolean isExhausted(long now) {
        return left == 0;
    }

    /** Does not reconnect, because closed connections are counted. */
    @Override
    void disconnected(Connection connection) {
        recorder.reconnects++;
    }
}
