package dev.hasten.cli;

import dev.hasten.bench.BenchSettings;
import dev.hasten.bench.load.LoadSettings;
import dev.hasten.bench.scenario.Scenario;
import dev.hasten.bench.scenario.ScenarioOptions;
import dev.hasten.bench.scenario.Scenarios;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options for the kind and amount of load. */
final class BenchOptions {
    private static final String ALL = "all";
    private static final Duration LONGEST = Duration.ofHours(1);

    @Option(
            names = {"-s", "--scenario"},
            paramLabel = "NAME",
            split = ",",
            defaultValue = "find-unique",
            description = "Scenarios to run, separated by commas, or all. See --list. Default: ${DEFAULT-VALUE}.")
    private List<String> scenarios = new ArrayList<>();

    @Option(
            names = {"-c", "--connections"},
            paramLabel = "N",
            defaultValue = "32",
            description = "Number of connections. In a closed loop, each connection sends its next request when it has"
                    + " received the response. With --rate, this is the maximum number of concurrent requests."
                    + " Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = {"-r", "--rate"},
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Open loop: N operations arrive each second, regardless of response times. 0, the default, means a"
                            + " closed loop.")
    private double rate;

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "Duration of the measurement of each scenario in each round. Default: ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ZERO;

    @Option(
            names = {"-n", "--requests"},
            paramLabel = "N",
            defaultValue = "0",
            description = "End each measurement after N operations, even if --duration has not elapsed. 0, the"
                    + " default, means no limit.")
    private long requests;

    @Option(
            names = {"-w", "--warmup"},
            paramLabel = "TIME",
            defaultValue = "3s",
            converter = DurationConverter.class,
            description = "Warm-up before each measurement. Default: ${DEFAULT-VALUE}.")
    private Duration warmUp = Duration.ZERO;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Run all scenarios N times, one round after the other. `bench compare` needs 3 or more. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "An operation fails if it gets no response within this time. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = "--event-loops",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Threads of the load generator. Default: ${DEFAULT-VALUE}, which is enough for tens of thousands of"
                            + " requests per second.")
    private int eventLoops;

    @Option(
            names = "--zipf",
            paramLabel = "EXPONENT",
            defaultValue = "0.99",
            description = "Zipf exponent of the popularity of ids in the scenario mixed: 0 (uniform) to 10. Default:"
                    + " ${DEFAULT-VALUE}.")
    private double zipf;

    @Option(
            names = "--mixed-ttl",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description =
                    "In the scenario mixed, cache reads for this time and invalidate them by tag on writes. 0, the"
                            + " default, means no caching. Hasten limits invalidations; see"
                            + " databases.<name>.cache.invalidations_per_second.")
    private int mixedTtl;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the random number generator. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--keep", description = "Keep the tables after the run.")
    private boolean keep;

    /**
     * The settings for these options.
     *
     * @throws IllegalArgumentException if an option is invalid; the message names the option and what is allowed
     */
    BenchSettings settings() {
        require(connections >= 1 && connections <= 20_000, "--connections", "1 to 20000");
        require(rate >= 0 && rate <= 1_000_000, "--rate", "0 to 1000000");
        require(isWithin(duration, Duration.ofMillis(1)), "--duration", "1ms to 1h");
        require(requests >= 0, "--requests", "0 or more");
        require(isWithin(warmUp, Duration.ZERO), "--warmup", "0s to 1h");
        require(rounds >= 1 && rounds <= 25, "--rounds", "1 to 25");
        require(isWithin(timeout, Duration.ofMillis(1)), "--timeout", "1ms to 1h");
        require(eventLoops >= 1 && eventLoops <= 64, "--event-loops", "1 to 64");
        require(zipf >= 0 && zipf <= 10, "--zipf", "0 to 10");
        require(mixedTtl >= 0 && mixedTtl <= 86_400, "--mixed-ttl", "0 to 86400");
        LoadSettings load = new LoadSettings(
                connections, eventLoops, rate, warmUp, duration, requests == 0 ? Long.MAX_VALUE : requests, timeout);
        return new BenchSettings(chosen(), load, rounds, new ScenarioOptions(zipf, mixedTtl), seed, keep);
    }

    private List<Scenario> chosen() {
        Set<String> names = new LinkedHashSet<>(scenarios);
        if (names.remove(ALL)) {
            names.addAll(Scenarios.all().stream().map(Scenario::name).toList());
        }
        return names.stream()
                .map(name -> Scenarios.all().stream()
                        .filter(scenario -> scenario.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("--scenario: unknown scenario " + name
                                + "; `hasten bench --list` shows all scenarios")))
                .toList();
    }

    private static boolean isWithin(Duration value, Duration least) {
        return value.compareTo(least) >= 0 && value.compareTo(LONGEST) <= 0;
    }

    private static void require(boolean right, String option, String allowed) {
        if (!right) {
            throw new IllegalArgumentException(option + ": the value is not allowed; use " + allowed);
        }
    }
}
