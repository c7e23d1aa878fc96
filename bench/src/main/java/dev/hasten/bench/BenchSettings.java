package dev.hasten.bench;

import dev.hasten.bench.load.LoadSettings;
import dev.hasten.bench.result.Settings;
import dev.hasten.bench.scenario.Scenario;
import dev.hasten.bench.scenario.ScenarioOptions;
import java.util.List;

/**
 * What to run.
 *
 * @param scenarios in their order
 * @param load of each
 * @param rounds how often all scenarios are run, one after the other, 1 or more
 * @param options of the scenarios
 * @param seed of everything that is chosen by chance
 * @param keepTables whether the tables stay when all is over
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
