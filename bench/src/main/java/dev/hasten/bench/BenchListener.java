package dev.hasten.bench;

import dev.hasten.bench.result.Round;
import dev.hasten.bench.scenario.Scenario;
import java.io.IOException;

/** Is told what was measured, as it goes on. */
public interface BenchListener {
    /**
     * A scenario is over, for this round.
     *
     * @param round counted from 1
     */
    void ended(Scenario scenario, int round, Round result);

    /**
     * The tables could not be dropped.
     *
     * @param reason why, and what may be done about it
     */
    void tablesStay(IOException reason);
}
