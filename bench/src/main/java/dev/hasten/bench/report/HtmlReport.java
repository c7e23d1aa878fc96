package dev.hasten.bench.report;

import static dev.hasten.bench.report.Page.number;
import static dev.hasten.bench.report.Page.text;

import dev.hasten.bench.report.LineChart.Spot;
import dev.hasten.bench.result.BenchReport;
import dev.hasten.bench.result.Latency;
import dev.hasten.bench.result.Point;
import dev.hasten.bench.result.Round;
import dev.hasten.bench.result.ScenarioResult;
import dev.hasten.bench.result.Settings;
import dev.hasten.bench.result.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** A report as an HTML page with charts. */
public final class HtmlReport {
    private final BenchReport report;
    private final Page page;

    private HtmlReport(BenchReport report) {
        this.report = report;
        this.page = new Page("Hasten bench, " + report.environment().target());
    }

    /**
     * Writes the page.
     *
     * @throws IOException if the file cannot be written
     */
    public static void write(BenchReport report, Path file) throws IOException {
        HtmlReport html = new HtmlReport(report);
        html.head();
        html.overview();
        report.scenarios().stream().filter(result -> !result.rounds().isEmpty()).forEach(html::scenario);
        html.page.write(file);
    }

    private void head() {
        Settings settings = report.settings();
        page.add("<h1>Hasten bench</h1>");
        page.add("<p class=\"muted\">" + text(report.date()) + " &middot; " + text(load(settings)) + "</p>");
        page.add("<dl>"
                + term(
                        "Server",
                        report.environment().target() + ", "
                                + report.environment().server())
                + term(
                        "Measured",
                        settings.durationSeconds() + " s"
                                + (settings.operations() == 0 ? "" : " or " + settings.operations() + " operations")
                                + " each, after " + settings.warmUpSeconds() + " s of warm-up; "
                                + (settings.rounds() == 1
                                        ? "one round"
                                        : settings.rounds() + " rounds, each of which runs all scenarios once"))
                + term(
                        "Generator",
                        report.environment().version() + ", " + settings.eventLoops()
                                + (settings.eventLoops() == 1 ? " thread, " : " threads, ")
                                + report.environment().jvm() + ", "
                                + report.environment().cores() + " cores, "
                                + report.environment().os())
                + "</dl>");
    }

    /** A description of the load. */
    private static String load(Settings settings) {
        return settings.rate() > 0
                ? number(settings.rate(), 0) + " operations arrive each second, at most " + settings.connections()
                        + " run concurrently"
                : settings.connections()
                        + " connections; each sends its next request when it has received the response";
    }

    private static String term(String name, String value) {
        return "<dt>" + text(name) + "</dt><dd>" + text(value) + "</dd>";
    }

    private void overview() {
        List<ScenarioResult> shown = report.scenarios().stream()
                .filter(result -> !result.rounds().isEmpty())
                .toList();
        page.add("<h2>Throughput</h2><div class=\"card\"><p class=\"caption\">Operations per second"
                + (report.settings().rounds() > 1 ? ": median of the rounds, lowest to highest" : "")
                + ". The scenario stampede is not shown, because it pauses between stampedes.</p>"
                + BarChart.of(shown.stream()
                        .filter(result -> result.rounds().getFirst().stampede() == null)
                        .map(HtmlReport::bar)
                        .toList())
                + "</div>");
        page.add("<h2>Latency</h2><div class=\"card scroll\"><table><tr><th>scenario</th><th>operations</th><th>per"
                + " second</th><th>p50 ms</th><th>p90</th><th>p99</th><th>p99.9</th><th>max</th><th>response"
                + " KB</th><th>server CPU &micro;s</th><th>bench CPU &micro;s</th><th>failed</th></tr>");
        for (ScenarioResult result : shown) {
            page.add("<tr><td><a href=\"#" + text(result.name()) + "\">" + text(result.name()) + "</a></td>"
                    + cells(result) + "</tr>");
        }
        page.add("</table></div>");
    }

    private static BarChart.Bar bar(ScenarioResult result) {
        return new BarChart.Bar(
                result.name(),
                result.median(Round::throughput),
                result.rounds().stream().mapToDouble(Round::throughput).min().orElse(0),
                result.rounds().stream().mapToDouble(Round::throughput).max().orElse(0));
    }

    private static String cells(ScenarioResult result) {
        return cell(number(result.rounds().stream().mapToLong(Round::operations).sum()))
                + cell(number(result.median(Round::throughput)))
                + millis(result, Latency::p50)
                + millis(result, Latency::p90)
                + millis(result, Latency::p99)
                + millis(result, Latency::p999)
                + millis(result, Latency::max)
                + cell(number(result.median(
                        round -> round.operations() == 0 ? 0 : round.bodyBytes() / 1e3 / round.operations())))
                + cell(
                        result.rounds().getFirst().server() == null
                                ? "&ndash;"
                                : number(result.median(round -> round.server() == null
                                        ? 0
                                        : round.server().cpuMicros())))
                + cell(number(result.median(Round::generatorCpuMicros)))
                + (result.failed() == 0 ? cell("0") : "<td class=\"failed\">" + number(result.failed()) + "</td>");
    }

    private static String millis(ScenarioResult result, ToDoubleFunction<Latency> value) {
        return cell(number(result.median(round -> value.applyAsDouble(round.latency())) / 1e3, 2));
    }

    private static String cell(String markup) {
        return "<td>" + markup + "</td>";
    }

    private void scenario(ScenarioResult result) {
        page.add("<h2 id=\"" + text(result.name()) + "\">" + text(result.name()) + "</h2><div class=\"card\"><p>"
                + text(result.description()) + "</p>");
        ScenarioNotes.of(result).forEach(note -> page.add("<p class=\"muted\">" + note + "</p>"));
        if (result.rounds().stream().anyMatch(round -> round.operations() > 0)) {
            page.add("<div class=\"pair\"><div><p class=\"caption\">Latency by percentile, ms"
                    + (result.rounds().size() > 1 ? ", one line for each round" : "") + "</p>" + percentiles(result)
                    + "</div><div><p class=\"caption\">Latency by time, ms"
                    + (result.rounds().size() > 1 ? ", last round" : "") + key("first", "p50") + key("second", "p99")
                    + key("third", "max") + "</p>" + course(result.rounds().getLast()) + "</div></div>");
        }
        page.add("</div>");
    }

    private static String key(String colour, String name) {
        return "<span class=\"key\" style=\"background: var(--" + colour + ")\"></span>" + name;
    }

    private static String percentiles(ScenarioResult result) {
        double lowest = result.rounds().stream()
                .flatMap(round -> round.curve().stream())
                .mapToDouble(Point::micros)
                .min()
                .orElse(1);
        double highest = result.rounds().stream()
                .mapToDouble(round -> round.latency().max())
                .max()
                .orElse(1);
        long most = result.rounds().stream().mapToLong(Round::operations).max().orElse(1);
        LineChart chart = new LineChart(
                Scale.Percentiles.of(most),
                Scale.Logarithmic.of(lowest / 1e3, highest / 1e3),
                "percentile",
                tick -> tick % 1 == 0 ? number(tick, 0) : Double.toString(tick));
        int last = result.rounds().size() - 1;
        for (int i = 0; i <= last; i++) {
            chart.line(
                    result.rounds().get(i).curve().stream()
                            .map(point -> new Spot(point.percentile(), point.micros() / 1e3))
                            .toList(),
                    i == last ? "first" : "first faint",
                    "round " + (i + 1));
        }
        return chart.toString();
    }

    private static String course(Round round) {
        double highest = round.latency().max() / 1e3;
        double lowest = round.course().stream().mapToDouble(Slice::p50).min().orElse(1) / 1e3;
        double end = round.course().stream().mapToDouble(Slice::second).max().orElse(1);
        LineChart chart = new LineChart(
                Scale.Linear.upTo(end),
                Scale.Logarithmic.of(lowest, highest),
                "seconds",
                tick -> tick % 1 == 0 ? number(tick, 0) : number(tick, 1));
        line(chart, round, Slice::max, "third", "max");
        line(chart, round, Slice::p99, "second", "p99");
        line(chart, round, Slice::p50, "first", "p50");
        return chart.toString();
    }

    private static void line(LineChart chart, Round round, ToDoubleFunction<Slice> micros, String style, String title) {
        chart.line(
                round.course().stream()
                        .map(slice -> new Spot(slice.second(), micros.applyAsDouble(slice) / 1e3))
                        .collect(Collectors.toList()),
                style,
                title);
    }
}
