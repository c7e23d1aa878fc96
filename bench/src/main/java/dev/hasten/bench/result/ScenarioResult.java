package dev.hasten.bench.result;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * All rounds of a scenario.
 *
 * @param name of the scenario
 * @param description of it
 * @param rounds in their order
 */
public record ScenarioResult(String name, String description, List<Round> rounds) {
    /** The median over the rounds; of an even number the mean of the two in the middle. */
    public double median(ToDoubleFunction<Round> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Operations that failed, of all rounds. */
    public long failed() {
        return rounds.stream().mapToLong(Round::failed).sum();
    }
}
