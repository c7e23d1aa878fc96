package dev.hasten.bench.report;

import static dev.hasten.bench.report.Page.number;
import static dev.hasten.bench.report.Page.text;

import java.util.List;
import java.util.Locale;

/** A bar chart with a whisker from the lowest to the highest value of each bar. */
final class BarChart {
    private static final int WIDTH = 1100;
    private static final int LEFT = 150;
    private static final int RIGHT = 90;
    private static final int ROW = 28;
    private static final int THICKNESS = 16;

    private BarChart() {}

    /**
     * One bar of the chart.
     *
     * @param value value shown as the length of the bar
     * @param low lowest of the values that the bar represents
     * @param high highest of these values
     */
    record Bar(String name, double value, double low, double high) {}

    static String of(List<Bar> bars) {
        Scale scale =
                Scale.Linear.upTo(bars.stream().mapToDouble(Bar::high).max().orElse(1));
        int height = bars.size() * ROW + 24;
        StringBuilder svg = new StringBuilder("<svg viewBox=\"0 0 " + WIDTH + " " + height + "\" role=\"img\">");
        for (double tick : scale.ticks()) {
            String x = at(x(scale, tick));
            svg.append("<line class=\"grid\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"0\" y2=\"" + (height - 22)
                    + "\"/><text text-anchor=\"middle\" x=\"" + x + "\" y=\"" + (height - 6) + "\">" + number(tick, 0)
                    + "</text>");
        }
        for (int i = 0; i < bars.size(); i++) {
            bar(svg, scale, bars.get(i), i * ROW);
        }
        return svg.append("</svg>").toString();
    }

    private static void bar(StringBuilder svg, Scale scale, Bar bar, int top) {
        int middle = top + ROW / 2;
        double end = x(scale, bar.value());
        svg.append("<text class=\"label\" text-anchor=\"end\" x=\"" + (LEFT - 10) + "\" y=\"" + (middle + 4) + "\">"
                + text(bar.name()) + "</text>");
        svg.append("<rect class=\"bar\" rx=\"3\" x=\"" + LEFT + "\" y=\"" + (middle - THICKNESS / 2) + "\" width=\""
                + at(Math.max(1, end - LEFT)) + "\" height=\"" + THICKNESS + "\"><title>" + text(bar.name()) + ": "
                + number(bar.value()) + " (" + number(bar.low()) + " to " + number(bar.high()) + ")</title></rect>");
        if (bar.high() > bar.low()) {
            svg.append("<line class=\"whisker\" x1=\"" + at(x(scale, bar.low())) + "\" x2=\"" + at(x(scale, bar.high()))
                    + "\" y1=\"" + middle + "\" y2=\"" + middle + "\"/>");
        }
        svg.append("<text class=\"label\" x=\"" + at(Math.max(end, x(scale, bar.high())) + 8) + "\" y=\"" + (middle + 4)
                + "\">" + number(bar.value(), bar.value() < 100 ? 1 : 0) + "</text>");
    }

    private static double x(Scale scale, double value) {
        return LEFT + scale.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private static String at(double place) {
        return String.format(Locale.ROOT, "%.1f", place);
    }
}
