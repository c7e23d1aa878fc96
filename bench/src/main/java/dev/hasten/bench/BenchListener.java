package dev.hasten.bench;

import dev.hasten.bench.result.Round;
import dev.hasten.bench.scenario.Scenario;
import java.io.IOException;

/** Receives results during a run. */
public interface BenchListener {
    /**
     * Called at the end of a scenario in a round.
     *
     * @param round starts at 1
     */
    void ended(Scenario scenario, int round, Round result);

    /**
     * Called if the tables could not be dropped.
     *
     * @param reason the reason and what can be done about it
     */
    void tablesStay(IOException reason);
}
