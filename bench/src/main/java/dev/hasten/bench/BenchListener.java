package dev.hasten.bench;

import dev.hasten.bench.result.Round;
import dev.hasten.bench.scenario.Scenario;

/** Is told what was measured, as it goes on. */
@FunctionalInterface
public interface BenchListener {
    /** @param round counted from 1 */
    void ended(Scenario scenario, int round, Round result);
}
