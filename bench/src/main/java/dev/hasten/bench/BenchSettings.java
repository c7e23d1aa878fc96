package dev.hasten.bench;

import dev.hasten.bench.load.LoadSettings;
import dev.hasten.bench.result.Settings;
import dev.hasten.bench.scenario.Scenario;
import dev.hasten.bench.scenario.ScenarioOptions;
import java.util.List;

/**
 * The settings of a run.
 *
 * @param scenarios the scenarios, in order
 * @param load the load of each scenario
 * @param rounds number of runs of all scenarios, one round after the other; 1 or more
 * @param options options of the scenarios
 * @param seed seed of the random number generator
 * @param keepTables whether the tables are kept after the run
 */
public record BenchSettings(
        List<Scenario> scenarios,
        LoadSettings load,
        int rounds,
        ScenarioOptions options,
        long seed,
        boolean keepTables) {
    Settings forReport() {
        return new Settings(
                load.connections(),
                load.eventLoops(),
                load.rate(),
                load.warmUp().toMillis() / 1e3,
                load.duration().toMillis() / 1e3,
                load.operations() == Long.MAX_VALUE ? 0 : load.operations(),
                load.timeout().toMillis() / 1e3,
                rounds,
                options.zipfExponent(),
                options.mixedTtlSeconds(),
                seed);
    }
}
