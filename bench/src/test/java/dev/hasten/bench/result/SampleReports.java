package dev.hasten.bench.result;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reports with given numbers. */
public final class SampleReports {
    private static final Settings SETTINGS = new Settings(32, 1, 0, 1, 10, 0, 10, 1, 0.99, 0, 1);

    private SampleReports() {}

    /** Returns a report of one scenario, with a round for each throughput. */
    public static BenchReport of(String scenario, double... throughputs) {
        return of(scenario, null, throughputs);
    }

    /** Like the method above, with stampedes. */
    public static BenchReport of(String scenario, @Nullable Stampede stampede, double... throughputs) {
        return new BenchReport(
                BenchReport.FORMAT,
                "2026-11-22T12:00:00Z",
                new Environment("http://localhost:4466", "was there <before>", 2, "Linux", "JVM", "hasten"),
                SETTINGS,
                List.of(new ScenarioResult(
                        scenario,
                        "of the test",
                        Arrays.stream(throughputs)
                                .mapToObj(throughput -> round(throughput, stampede))
                                .toList())));
    }

    /** Returns a copy of the report with another number of connections. */
    public static BenchReport withConnections(BenchReport report, int connections) {
        return new BenchReport(
                report.format(),
                report.date(),
                report.environment(),
                new Settings(connections, 1, 0, 1, 10, 0, 10, 1, 0.99, 0, 1),
                report.scenarios());
    }

    private static Round round(double throughput, @Nullable Stampede stampede) {
        double micros = 1e6 / throughput;
        Latency latency = new Latency(100, micros, micros, micros, micros, micros * 2, micros * 3, micros * 4);
        return new Round(
                100,
                0,
                1,
                throughput,
                latency,
                Map.of("read", latency),
                List.of(new Point(0, micros), new Point(50, micros), new Point(99, micros * 2)),
                List.of(new Slice(0, 50, micros, micros, micros), new Slice(0.5, 50, micros, micros, micros * 4)),
                Map.of(),
                Map.of("miss", 100L),
                100,
                20_000,
                0,
                12.5,
                null,
                stampede,
                null);
    }
}
