package dev.hasten.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.bench.http.Target;
import dev.hasten.bench.load.Load;
import dev.hasten.bench.load.LoadSettings;
import dev.hasten.bench.load.Measurement;
import dev.hasten.bench.load.Shape;
import dev.hasten.bench.result.Round;
import dev.hasten.bench.scenario.GivenRequest;
import dev.hasten.bench.scenario.Requests;
import dev.hasten.bench.scenario.Scenario;
import dev.hasten.bench.scenario.ScenarioOptions;
import dev.hasten.bench.scenario.Scenarios;
import dev.hasten.bench.setup.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The load generator as a process that is controlled through standard input: each line is a JSON object that orders a
 * load, and is answered by one line on standard output. To compare servers, order short loads for one server after the
 * other; the generator is then JIT-compiled and warm for all of them.
 */
public final class OrderedLoads implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Map<Target, Load> loads = new HashMap<>();

    private OrderedLoads() {}

    /**
     * An order for a load. The tables must exist.
     *
     * @param host host of the server, which is called over plain HTTP
     * @param key API key
     * @param pid process id of the server on this machine; null if it is not to be measured
     * @param scenario name of a scenario without idle connections; null if {@code request} is set
     * @param request the request to send if there is no scenario
     * @param mixedTtlSeconds see {@link ScenarioOptions}
     * @param rate see {@link LoadSettings}
     * @param warmUpSeconds duration of the load before the measurement
     */
    record Order(
            String host,
            int port,
            String key,
            @Nullable Long pid,
            @Nullable String scenario,
            @Nullable GivenRequest request,
            int mixedTtlSeconds,
            int connections,
            double rate,
            double warmUpSeconds,
            double seconds,
            long seed) {
        Shape shape(Target target) {
            if (request != null) {
                return request.shape(target, seed);
            }
            Scenario named = Scenarios.all().stream()
                    .filter(candidate -> candidate.name().equals(scenario))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("unknown scenario " + scenario));
            ScenarioOptions options = new ScenarioOptions(ScenarioOptions.DEFAULT.zipfExponent(), mixedTtlSeconds);
            return named.shape().of(new Requests(target, options, seed));
        }

        LoadSettings settings() {
            return new LoadSettings(
                    connections, 1, rate, duration(warmUpSeconds), duration(seconds), Long.MAX_VALUE, TIMEOUT);
        }

        @Nullable
        ServerProcess process() {
            return pid == null
                    ? null
                    : ProcessHandle.of(pid).map(ServerProcess::new).orElse(null);
        }

        private static Duration duration(double seconds) {
            return Duration.ofNanos((long) (seconds * 1e9));
        }
    }

    /** @param error the reason if there is no round; otherwise null */
    record Reply(@Nullable Round round, @Nullable String error) {}

    /** Runs until the end of standard input. */
    public static void main(String[] args) throws IOException, InterruptedException {
        JsonMapper json = JsonMapper.shared();
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        try (OrderedLoads loads = new OrderedLoads();
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Reply reply = loads.reply(json.readValue(line, Order.class));
                out.println(json.writeValueAsString(reply));
            }
        }
    }

    private Reply reply(Order order) throws InterruptedException {
        Target target = new Target(order.host(), order.port(), null, order.key());
        Load load = loads.computeIfAbsent(target, _ -> new Load(target, 1));
        ServerProbe probe = new ServerProbe(order.process());
        try {
            Measurement measured = load.run(order.shape(target), order.settings(), probe);
            return new Reply(Round.of(measured, List.of(), probe.use(measured.operations())), null);
        } catch (IOException | IllegalArgumentException e) {
            return new Reply(null, e.getMessage());
        }
    }

    @Override
    public void close() {
        loads.values().forEach(Load::close);
    }
}
