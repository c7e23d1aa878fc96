package dev.hasten.bench.scenario;

/**
 * What users can change about the scenarios.
 *
 * @param zipfExponent how uneven the popularity of users is in {@code mixed}, 0 to 10
 * @param mixedTtlSeconds how long the reads of {@code mixed} may be cached; 0 for not at all
 */
public record ScenarioOptions(double zipfExponent, int mixedTtlSeconds) {
    /** Popularity as it is often found, nothing cached. */
    public static final ScenarioOptions DEFAULT = new ScenarioOptions(0.99, 0);
}
