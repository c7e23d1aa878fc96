package dev.hasten.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hasten.bench.result.BenchReport;
import dev.hasten.bench.result.SampleReports;
import dev.hasten.bench.result.Stampede;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static Verdict throughput(BenchReport a, BenchReport b) {
        return Comparison.of(a, b).rows().stream()
                .filter(row -> row.metric() == Metric.THROUGHPUT)
                .findFirst()
                .orElseThrow()
                .verdict();
    }

    @Test
    void aDifferenceLargerThanTheSpreadIsSignificant() {
        BenchReport slow = SampleReports.of("find-unique", 1000, 1010, 1020, 990);
        BenchReport fast = SampleReports.of("find-unique", 1200, 1250, 1190, 1210);

        assertThat(throughput(slow, fast)).isEqualTo(Verdict.BETTER);
        assertThat(throughput(fast, slow)).isEqualTo(Verdict.WORSE);
    }

    @Test
    void aDifferenceWithinTheSpreadIsNoise() {
        assertThat(throughput(
                        SampleReports.of("find-unique", 1000, 1300, 900, 1100),
                        SampleReports.of("find-unique", 1100, 1400, 950, 1200)))
                .isEqualTo(Verdict.NOISE);
    }

    @Test
    void withFewerThanThreeRoundsThereIsNoVerdict() {
        assertThat(throughput(
                        SampleReports.of("find-unique", 1000, 1001, 1002), SampleReports.of("find-unique", 5000, 5001)))
                .isEqualTo(Verdict.TOO_FEW_ROUNDS);
    }

    /** The latencies of the samples decrease as their throughput increases. */
    @Test
    void lowerLatencyIsBetter() {
        Comparison comparison = Comparison.of(
                SampleReports.of("find-unique", 1000, 1010, 1020), SampleReports.of("find-unique", 2000, 2010, 2020));

        assertThat(comparison.rows())
                .extracting(Comparison.Row::metric, Comparison.Row::verdict)
                .containsExactly(
                        tuple(Metric.THROUGHPUT, Verdict.BETTER),
                        tuple(Metric.P50, Verdict.BETTER),
                        tuple(Metric.P99, Verdict.BETTER));
    }

    @Test
    void scenariosOfOneReportOnlyAndPacedThroughputAreLeftOut() {
        BenchReport a = SampleReports.of("stampede", new Stampede(3, 8, 8, 1, 1), 100, 110, 120);
        BenchReport b = SampleReports.of("stampede", new Stampede(3, 8, 8, 1, 1), 100, 110, 120);

        assertThat(Comparison.of(a, b).rows())
                .extracting(Comparison.Row::metric)
                .isEqualTo(List.of(Metric.P50, Metric.P99));
        assertThat(Comparison.of(a, SampleReports.of("create", 1, 2, 3)).rows()).isEmpty();
    }

    @Test
    void differentSettingsCauseAWarning() {
        BenchReport a = SampleReports.of("find-unique", 1000);

        assertThat(Comparison.of(a, SampleReports.withConnections(a, 64)).warnings())
                .containsExactly("A and B differ in connections: 32 and 64");
    }
}
