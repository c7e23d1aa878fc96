package dev.hasten.bench;

import dev.hasten.bench.http.Target;
import dev.hasten.bench.load.Crowd;
import dev.hasten.bench.load.Load;
import dev.hasten.bench.load.LoadSettings;
import dev.hasten.bench.load.Measurement;
import dev.hasten.bench.load.Shape;
import dev.hasten.bench.result.BenchReport;
import dev.hasten.bench.result.Environment;
import dev.hasten.bench.result.Idle;
import dev.hasten.bench.result.Round;
import dev.hasten.bench.result.ScenarioResult;
import dev.hasten.bench.scenario.Requests;
import dev.hasten.bench.scenario.Scenario;
import dev.hasten.bench.setup.BenchTables;
import dev.hasten.bench.setup.OpenFiles;
import dev.hasten.bench.setup.ServerProcess;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios against a server: creates the tables, runs every scenario in each round, and drops the tables. The
 * rounds are interleaved, so that changes on the machine during the run affect all scenarios equally.
 */
public final class Bench implements AutoCloseable {
    private final Target target;
    private final BenchSettings settings;
    private final @Nullable ServerProcess server;
    private final BenchListener listener;
    private final Load load;

    /** @param server process of the target; null if it is unknown or not on this machine */
    public Bench(Target target, BenchSettings settings, @Nullable ServerProcess server, BenchListener listener) {
        this.target = target;
        this.settings = settings;
        this.server = server;
        this.listener = listener;
        this.load = new Load(target, settings.load().eventLoops());
    }

    /**
     * Runs all scenarios.
     *
     * @throws IOException if the server cannot be reached or the tables cannot be created
     * @throws java.util.concurrent.CancellationException if the run was stopped; the tables have then been dropped
     */
    public BenchReport run(Environment environment) throws IOException, InterruptedException {
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        for (Scenario scenario : settings.scenarios()) {
            if (scenario instanceof Scenario.BesideIdle beside) {
                OpenFiles.require(beside.idle() + settings.load().connections(), server);
            }
        }
        try (BenchTables tables = new BenchTables(target)) {
            tables.create(Requests.TAG);
            try {
                return new BenchReport(BenchReport.FORMAT, date, environment, settings.forReport(), allRounds());
            } finally {
                if (!settings.keepTables()) {
                    drop(tables);
                }
            }
        }
    }

    private List<ScenarioResult> allRounds() throws IOException, InterruptedException {
        Map<Scenario, List<Round>> rounds = new LinkedHashMap<>();
        settings.scenarios().forEach(scenario -> rounds.put(scenario, new ArrayList<>()));
        for (int round = 1; round <= settings.rounds(); round++) {
            for (Map.Entry<Scenario, List<Round>> entry : rounds.entrySet()) {
                Round result = run(entry.getKey(), round);
                entry.getValue().add(result);
                listener.ended(entry.getKey(), round, result);
            }
        }
        return rounds.entrySet().stream()
                .map(entry -> new ScenarioResult(
                        entry.getKey().name(), entry.getKey().description(), List.copyOf(entry.getValue())))
                .toList();
    }

    /** Drops the tables. A failure does not discard the measurements. */
    private void drop(BenchTables tables) throws InterruptedException {
        try {
            tables.drop();
        } catch (IOException e) {
            listener.tablesStay(e);
        }
    }

    private Round run(Scenario scenario, int round) throws IOException, InterruptedException {
        Requests requests = new Requests(target, settings.options(), settings.seed() + round);
        Shape shape = scenario.shape().of(requests);
        return switch (scenario) {
            case Scenario.Plain plain -> measure(shape, plain.kinds());
            case Scenario.BesideIdle beside -> besideIdle(shape, beside);
        };
    }

    private Round measure(Shape shape, List<String> kinds) throws IOException, InterruptedException {
        ServerProbe probe = new ServerProbe(server);
        Measurement measured = load.run(shape, settings.load(), probe);
        return Round.of(measured, kinds, probe.use(measured.operations()));
    }

    private Round besideIdle(Shape shape, Scenario.BesideIdle scenario) throws IOException, InterruptedException {
        Double before = resident();
        LoadSettings each = settings.load().withConnections(scenario.idle());
        try (Crowd crowd = load.crowd(shape, each)) {
            crowd.ask();
            Double with = resident();
            Round beside = measure(shape, List.of());
            long open = crowd.open();
            Measurement again = crowd.ask();
            return beside.with(new Idle(scenario.idle(), open, again.operations(), before, with));
        }
    }

    private @Nullable Double resident() {
        return server == null ? null : server.residentMegabytes().orElse(null);
    }

    /** Makes {@link #run} end soon. May be called by any thread. */
    public void stop() {
        load.stop();
    }

    @Override
    public void close() {
        load.close();
    }
}
