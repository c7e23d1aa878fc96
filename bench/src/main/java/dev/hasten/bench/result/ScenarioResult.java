package dev.hasten.bench.result;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All rounds of a scenario.
 *
 * @param name name of the scenario
 * @param description description of the scenario
 * @param rounds the rounds, in order
 */
public record ScenarioResult(String name, String description, List<Round> rounds) {
    /** The median of the rounds; for an even number of rounds the mean of the two middle values. */
    public double median(ToDoubleFunction<Round> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The number of failed operations of all rounds. */
    public long failed() {
        return rounds.stream().mapToLong(Round::failed).sum();
    }
}
