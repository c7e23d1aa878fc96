package dev.hasten.bench.result;

/**
 * The settings of a run.
 *
 * @param rate operations per second; 0 means a closed loop
 * @param operations maximum number of measured operations in a round; 0 means no limit
 */
public record Settings(
        int connections,
        int eventLoops,
        double rate,
        double warmUpSeconds,
        double durationSeconds,
        long operations,
        double timeoutSeconds,
        int rounds,
        double zipfExponent,
        int mixedTtlSeconds,
        long seed) {}
