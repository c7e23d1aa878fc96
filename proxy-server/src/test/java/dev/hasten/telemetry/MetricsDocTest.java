package dev.hasten.telemetry;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** docs/metrics.md lists what the server exposes, and the names follow the conventions of Prometheus. */
@Tag("integration")
final class MetricsDocTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    private static final Path DOCUMENT = Path.of("..", "docs", "metrics.md");
    private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");
    private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9_]+)` .*", Pattern.MULTILINE);

    private static String exposed = "";
    private static Map<String, Metric> metrics = Map.of();

    private record Metric(String type, String help, TreeSet<String> labels) {
        String unit(String name) {
            String base = name.replaceFirst("_total$", "").replaceFirst("_max$", "");
            return base.endsWith("_seconds") ? "seconds" : base.endsWith("_bytes") ? "bytes" : "";
        }

        String row(String name) {
            return "| `%s` | %s | %s | %s | %s |"
                    .formatted(
                            name,
                            type,
                            unit(name),
                            String.join(
                                    ", ",
                                    labels.stream()
                                            .map(label -> "`" + label + "`")
                                            .toList()),
                            help);
        }
    }

    @BeforeAll
    static void scrape() {
        try (TestServer server = TestServer.on(POSTGRES)
                .with("limits.query_timeout", "500ms")
                .with("databases.default.cache.invalidation", "stream")
                .start()) {
            server.client().post("/query", Client.body(query("SELECT 1 AS one"), Map.of()));
            server.client().post("/query", Client.body(query("SELECT pg_sleep(5)::text AS slept"), Map.of()));
            exposed = server.server().metrics().scrape();
        }
        metrics = parse(exposed);
        // Exist only after the first garbage collection of their kind.
        for (String name :
                List.of("jvm_gc_concurrent_phase_time_seconds", "jvm_gc_concurrent_phase_time_seconds_max")) {
            metrics.putIfAbsent(
                    name,
                    new Metric(
                            name.endsWith("_max") ? "gauge" : "summary",
                            "Time spent in concurrent phase",
                            new TreeSet<>(List.of("action", "cause", "gc"))));
        }
    }

    @AfterAll
    static void write() throws IOException {
        if (Boolean.getBoolean("hasten.docs.write")) {
            Files.writeString(DOCUMENT, document());
        }
    }

    private static Map<String, Metric> parse(String text) {
        Map<String, String> help = new TreeMap<>();
        Map<String, Metric> found = new TreeMap<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP")) {
                help.put(words[2], words.length < 4 ? "" : words[3]);
            } else if (line.startsWith("# TYPE")) {
                found.put(words[2], new Metric(words[3], help.getOrDefault(words[2], ""), new TreeSet<>()));
            } else {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                Metric metric = found.get(sample.group(1).replaceFirst("_(bucket|count|sum)$", ""));
                if (metric == null) {
                    metric = found.get(sample.group(1));
                }
                assertThat(metric).as(line).isNotNull();
                if (sample.group(2) != null) {
                    Matcher label = LABEL.matcher(sample.group(2));
                    while (label.find()) {
                        if (!label.group(1).equals("le")) {
                            metric.labels().add(label.group(1));
                        }
                    }
                }
            }
        }
        return found;
    }

    private static String document() {
        StringBuilder markdown = new StringBuilder("""
                # Metrics

                <!-- The tables are generated by MetricsDocTest; edit the descriptions in dev.hasten.telemetry. -->

                `GET /metrics` of the [admin API](admin-api.md) returns these metrics in the text format of Prometheus. Histograms have
                11 buckets from 1 ms to 10 s, and one for longer durations. A metric ending in `_max` is the maximum of the last two to three minutes.

                ## Hasten

                | metric | type | unit | labels | |
                |---|---|---|---|---|
                """);
        metrics.forEach((name, metric) -> {
            if (name.startsWith("hasten_")) {
                markdown.append(metric.row(name)).append('\n');
            }
        });
        markdown.append("""

                ## Java

                Some of these exist only after the first garbage collection of their kind.

                | metric | type | unit | labels | |
                |---|---|---|---|---|
                """);
        metrics.forEach((name, metric) -> {
            if (!name.startsWith("hasten_")) {
                markdown.append(metric.row(name)).append('\n');
            }
        });
        return markdown.toString();
    }

    @Test
    void documentListsTheMetricsOfHastenWithTypeUnitAndLabels() throws IOException {
        List<String> rows = metrics.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("hasten_"))
                .map(entry -> entry.getValue().row(entry.getKey()))
                .toList();
        assertThat(Files.readAllLines(DOCUMENT).stream().filter(line -> line.startsWith("| `hasten_")))
                .as("run this test with -Dhasten.docs.write=true and review the change")
                .containsExactlyElementsOf(rows);
    }

    @Test
    void documentListsTheMetricsOfJava() throws IOException {
        Matcher row = ROW.matcher(Files.readString(DOCUMENT));
        TreeSet<String> documented = new TreeSet<>();
        while (row.find()) {
            documented.add(row.group(1));
        }
        assertThat(documented).containsAll(metrics.keySet());
    }

    @Test
    void namesFollowTheConventionsOfPrometheus() {
        metrics.forEach((name, metric) -> {
            assertThat(metric.help()).as(name).isNotBlank();
            assertThat(name.endsWith("_total")).as(name).isEqualTo(metric.type().equals("counter"));
            assertThat(name).doesNotContain("_ns_", "_ms_", "_millis").doesNotEndWith("_count");
            if (metric.type().equals("histogram")) {
                assertThat(name).endsWith("_seconds");
            }
        });
    }

    @Test
    void histogramsHaveTwelveBuckets() {
        assertThat(exposed.lines()
                        .filter(line -> line.startsWith("hasten_http_request_duration_seconds_bucket{")
                                && line.contains("route=\"/query\"")
                                && line.contains("status=\"200\"")))
                .hasSize(12);
    }
}
