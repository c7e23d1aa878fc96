package dev.hasten.bench.result;

/**
 * What was asked of the generator.
 *
 * @param rate operations for each second; 0 for a closed loop
 * @param operations most that are measured in a round; 0 for no such limit
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
