package dev.hasten.bench.report;

import static dev.hasten.bench.report.Page.number;
import static dev.hasten.bench.report.Page.text;

import dev.hasten.bench.compare.Comparison;
import dev.hasten.bench.compare.Metric;
import dev.hasten.bench.compare.Verdict;
import dev.hasten.bench.result.BenchReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A comparison of two runs as an HTML page. */
public final class HtmlComparison {
    private static final int WIDTH = 1100;
    private static final int LEFT = 150;
    private static final int RIGHT = 150;
    private static final int ROW = 28;

    private HtmlComparison() {}

    /**
     * Writes the page.
     *
     * @throws IOException if the file cannot be written
     */
    public static void write(Comparison comparison, Path file) throws IOException {
        Page page = new Page("Hasten bench, B compared with A");
        page.add("<h1>Hasten bench: B compared with A</h1>");
        page.add("<dl><dt>A</dt><dd>" + name(comparison.a()) + "</dd><dt>B</dt><dd>" + name(comparison.b())
                + "</dd></dl>");
        comparison.warnings().forEach(warning -> page.add("<p class=\"failed\">" + text(warning) + "</p>"));
        page.add("<p class=\"muted\">The point is the ratio B / A; the line is its confidence interval of 95% (or less,"
                + " with few rounds). If the line includes 1, the difference is noise.</p>");
        for (Metric metric : Metric.values()) {
            List<Comparison.Row> rows = comparison.rows().stream()
                    .filter(row -> row.metric() == metric)
                    .toList();
            if (!rows.isEmpty()) {
                page.add("<h2>" + text(title(metric)) + "</h2><div class=\"card\">" + chart(rows) + "</div>");
            }
        }
        table(comparison, page);
        page.write(file);
    }

    private static String title(Metric metric) {
        return switch (metric) {
            case THROUGHPUT -> "Throughput: more is better";
            case P50 -> "Latency, p50: less is better";
            case P99 -> "Latency, p99: less is better";
            case SERVER_CPU -> "CPU time of the server per operation: less is better";
        };
    }

    private static String name(BenchReport report) {
        return text(report.date() + ", " + report.environment().target() + ", "
                + report.environment().version() + ", " + report.settings().rounds() + " rounds");
    }

    private static String chart(List<Comparison.Row> rows) {
        double low = rows.stream().mapToDouble(row -> row.ratio().low()).min().orElse(1);
        double high = rows.stream().mapToDouble(row -> row.ratio().high()).max().orElse(1);
        // Symmetric, so that 1 is in the middle.
        double reach = Math.max(1.25, Math.max(high, 1 / low)) * 1.02;
        int height = rows.size() * ROW + 26;
        StringBuilder svg = new StringBuilder("<svg viewBox=\"0 0 " + WIDTH + " " + height + "\" role=\"img\">");
        for (double tick : new double[] {0.1, 0.2, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 5, 10}) {
            if (Math.max(tick, 1 / tick) <= reach && (reach < 3 || tick <= 0.5 || tick >= 2 || tick == 1)) {
                String x = at(x(tick, reach));
                svg.append("<line class=\"" + (tick == 1 ? "whisker" : "grid") + "\" x1=\"" + x + "\" x2=\"" + x
                        + "\" y1=\"0\" y2=\"" + (height - 24) + "\"/><text text-anchor=\"middle\" x=\"" + x + "\" y=\""
                        + (height - 8) + "\">" + tick(tick) + "</text>");
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            row(svg, rows.get(i), i * ROW + ROW / 2, reach);
        }
        return svg.append("</svg>").toString();
    }

    private static void row(StringBuilder svg, Comparison.Row row, int y, double reach) {
        String colour = switch (row.verdict()) {
            case BETTER -> "good";
            case WORSE -> "bad";
            case NOISE, TOO_FEW_ROUNDS -> "even";
        };
        svg.append("<text class=\"label\" text-anchor=\"end\" x=\"" + (LEFT - 10) + "\" y=\"" + (y + 4) + "\">"
                + text(row.scenario()) + "</text>");
        svg.append("<line class=\"interval " + colour + "\" x1=\""
                + at(x(row.ratio().low(), reach)) + "\" x2=\""
                + at(x(row.ratio().high(), reach)) + "\" y1=\"" + y + "\" y2=\"" + y + "\"/>");
        svg.append("<circle class=\"" + colour + "\" r=\"5\" cx=\""
                + at(x(row.ratio().estimate(), reach)) + "\" cy=\"" + y + "\"><title>" + text(interval(row))
                + "</title></circle>");
        svg.append("<text class=\"label\" x=\"" + (WIDTH - RIGHT + 14) + "\" y=\"" + (y + 4) + "\">"
                + number(row.ratio().estimate(), 2) + " &middot; "
                + text(row.verdict().text()) + "</text>");
    }

    private static double x(double ratio, double reach) {
        double place = (Math.log(ratio) / Math.log(reach) + 1) / 2;
        return LEFT + Math.clamp(place, 0, 1) * (WIDTH - LEFT - RIGHT);
    }

    private static String tick(double tick) {
        return tick == Math.rint(tick)
                ? number(tick, 0)
                : tick == 1.25 || tick == 0.67 ? number(tick, 2) : number(tick, 1);
    }

    private static String at(double place) {
        return String.format(Locale.ROOT, "%.1f", place);
    }

    private static String interval(Comparison.Row row) {
        return number(row.ratio().estimate(), 2) + " (" + number(row.ratio().low(), 2) + " to "
                + number(row.ratio().high(), 2) + ", "
                + number(100 * row.ratio().confidence(), 0) + " %)";
    }

    private static void table(Comparison comparison, Page page) {
        page.add("<h2>Numbers</h2><div class=\"card scroll\"><table><tr><th>scenario</th><th class=\"left\">metric</th>"
                + "<th>A</th><th>B</th><th>B / A</th><th>from</th><th>to</th><th>confidence</th>"
                + "<th class=\"left\">verdict</th></tr>");
        for (Comparison.Row row : comparison.rows()) {
            page.add("<tr><td>" + text(row.scenario()) + "</td><td class=\"left\">"
                    + text(row.metric().title()) + "</td><td>" + number(row.medianA()) + "</td><td>"
                    + number(row.medianB()) + "</td><td>" + number(row.ratio().estimate(), 2) + "</td><td>"
                    + number(row.ratio().low(), 2) + "</td><td>"
                    + number(row.ratio().high(), 2) + "</td><td>"
                    + (row.verdict() == Verdict.TOO_FEW_ROUNDS
                            ? "&ndash;"
                            : number(100 * row.ratio().confidence(), 0) + " %")
                    + "</td><td class=\"left " + row.verdict().text().replace(' ', '-') + "\">"
                    + text(row.verdict().text()) + "</td></tr>");
        }
        page.add("</table></div>");
    }
}
