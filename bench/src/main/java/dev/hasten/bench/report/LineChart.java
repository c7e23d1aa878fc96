package dev.hasten.bench.report;

import static dev.hasten.bench.report.Page.number;
import static dev.hasten.bench.report.Page.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** A line chart with two scales, as SVG that uses the colors of the page. */
final class LineChart {
    private static final int WIDTH = 540;
    private static final int HEIGHT = 250;
    private static final int LEFT = 52;
    private static final int RIGHT = 28;
    private static final int TOP = 10;
    private static final int BOTTOM = 38;

    private final Scale horizontal;
    private final Scale vertical;
    private final String horizontalTitle;
    private final DoubleFunction<String> horizontalName;
    private final List<String> lines = new ArrayList<>();

    /**
     * @param horizontalTitle title of the horizontal axis
     * @param horizontalName label of a tick of the horizontal axis
     */
    LineChart(Scale horizontal, Scale vertical, String horizontalTitle, DoubleFunction<String> horizontalName) {
        this.horizontal = horizontal;
        this.vertical = vertical;
        this.horizontalTitle = horizontalTitle;
        this.horizontalName = horizontalName;
    }

    /** A point in the chart. */
    record Spot(double x, double y) {}

    /**
     * Draws a line.
     *
     * @param style CSS classes
     * @param title text of the tooltip
     */
    void line(List<Spot> spots, String style, String title) {
        StringBuilder path = new StringBuilder();
        for (Spot spot : spots) {
            path.append(path.isEmpty() ? "M" : "L")
                    .append(at(x(spot.x())))
                    .append(' ')
                    .append(at(y(spot.y())));
        }
        lines.add("<path class=\"" + style + "\" d=\"" + path + "\"><title>" + text(title) + "</title></path>");
    }

    private double x(double value) {
        return LEFT + horizontal.place(value) * (WIDTH - LEFT - RIGHT);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - vertical.place(value) * (HEIGHT - TOP - BOTTOM);
    }

    private static String at(double place) {
        return String.format(Locale.ROOT, "%.1f", place);
    }

    @Override
    public String toString() {
        StringBuilder svg = new StringBuilder("<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\" role=\"img\">");
        for (double tick : vertical.ticks()) {
            String y = at(y(tick));
            svg.append("<line class=\"grid\" x1=\"" + LEFT + "\" x2=\"" + (WIDTH - RIGHT) + "\" y1=\"" + y + "\" y2=\""
                    + y
                    + "\"/><text text-anchor=\"end\" x=\"" + (LEFT - 7) + "\" y=\"" + at(y(tick) + 4) + "\">"
                    + number(tick, tick >= 10 || tick == 0 ? 0 : tick >= 1 ? (tick % 1 == 0 ? 0 : 1) : 2) + "</text>");
        }
        for (double tick : horizontal.ticks()) {
            String x = at(x(tick));
            svg.append("<line class=\"grid\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + TOP + "\" y2=\""
                    + (HEIGHT - BOTTOM)
                    + "\"/><text text-anchor=\"middle\" x=\"" + x + "\" y=\"" + (HEIGHT - BOTTOM + 16) + "\">"
                    + text(horizontalName.apply(tick)) + "</text>");
        }
        svg.append("<text text-anchor=\"end\" x=\"" + (WIDTH - RIGHT) + "\" y=\"" + (HEIGHT - 4) + "\">"
                + text(horizontalTitle) + "</text>");
        lines.forEach(svg::append);
        return svg.append("</svg>").toString();
    }
}
