package dev.hasten.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.bench.compare.Comparison;
import dev.hasten.bench.result.BenchReport;
import dev.hasten.bench.result.SampleReports;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlTest {
    @TempDir
    private Path directory;

    private static void assertSelfContained(String page) {
        assertThat(page)
                .startsWith("<!doctype html>")
                .doesNotContain("{{", "src=", "href=\"http", "@import", "url(", "NaN", "Infinity")
                .contains("<svg ", "prefers-color-scheme: dark");
    }

    @Test
    void aReportIsASelfContainedPage() throws Exception {
        Path file = directory.resolve("report.html");

        HtmlReport.write(SampleReports.of("find-unique", 1000, 1100, 900), file);

        String page = Files.readString(file);
        assertSelfContained(page);
        assertThat(page).contains("id=\"find-unique\"", "1,000", "miss 300", "was there &lt;before&gt;");
    }

    @Test
    void aComparisonIsASelfContainedPage() throws Exception {
        BenchReport a = SampleReports.of("find-unique", 1000, 1100, 900);
        BenchReport b = SampleReports.of("find-unique", 2000, 2100, 1900);
        Path file = directory.resolve("comparison.html");

        HtmlComparison.write(Comparison.of(a, b), file);

        String page = Files.readString(file);
        assertSelfContained(page);
        assertThat(page).contains("2.00 &middot; better");
    }
}
