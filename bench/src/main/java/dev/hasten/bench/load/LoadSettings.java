package dev.hasten.bench.load;

import java.time.Duration;

/**
 * How much load, and for how long.
 *
 * @param connections that are kept open; with a rate, the most operations that run at a time
 * @param eventLoops threads of the generator
 * @param rate operations for each second, whatever the answers do; 0 for a closed loop, in which each connection sends its
 *     next request when it has its answer
 * @param warmUp load before, of which only failures count
 * @param duration of the load that is measured
 * @param operations that are measured at most
 * @param timeout of an operation, and of the connections
 */
public record LoadSettings(
        int connections,
        int eventLoops,
        double rate,
        Duration warmUp,
        Duration duration,
        long operations,
        Duration timeout) {
    /** The part of one of several event loops; all parts together are the whole. */
    LoadSettings part(int index, int of) {
        return new LoadSettings(
                connections / of + (index < connections % of ? 1 : 0),
                1,
                rate / of,
                warmUp,
                duration,
                operations == Long.MAX_VALUE ? operations : operations / of + (index < operations % of ? 1 : 0),
                timeout);
    }

    /** The same on other connections. */
    public LoadSettings withConnections(int other) {
        return new LoadSettings(other, eventLoops, rate, warmUp, duration, operations, timeout);
    }
}
