package dev.hasten.bench.scenario;

/**
 * Options of the scenarios.
 *
 * @param zipfExponent Zipf exponent of the popularity of users in {@code mixed}: 0 (uniform) to 10
 * @param mixedTtlSeconds how long the reads of {@code mixed} may be cached; 0 means not cached
 */
public record ScenarioOptions(double zipfExponent, int mixedTtlSeconds) {
    /** A typical popularity distribution, without caching. */
    public static final ScenarioOptions DEFAULT = new ScenarioOptions(0.99, 0);
}
