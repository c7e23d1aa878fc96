package dev.hasten.bench.load;

import java.time.Duration;

/**
 * The amount and duration of load.
 *
 * @param connections number of connections, which stay open; with a rate, the maximum number of concurrent operations
 * @param eventLoops number of threads of the load generator
 * @param rate operations per second, regardless of response times; 0 means a closed loop, in which each connection
 *     sends its next request when it has received the response
 * @param warmUp duration of the load before the measurement, of which only failures are recorded
 * @param duration duration of the measured load
 * @param operations maximum number of measured operations
 * @param timeout timeout of an operation and of opening a connection
 */
public record LoadSettings(
        int connections,
        int eventLoops,
        double rate,
        Duration warmUp,
        Duration duration,
        long operations,
        Duration timeout) {
    /** The part for one of several event loops. The sum of all parts is the whole load. */
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

    /** A copy with a different number of connections. */
    public LoadSettings withConnections(int other) {
        return new LoadSettings(other, eventLoops, rate, warmUp, duration, operations, timeout);
    }
}
