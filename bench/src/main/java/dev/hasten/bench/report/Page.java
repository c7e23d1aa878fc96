package dev.hasten.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A self-contained HTML page. */
final class Page {
    private final StringBuilder body = new StringBuilder();
    private final String title;

    Page(String title) {
        this.title = title;
    }

    /** Adds markup. Values in it must be escaped with {@link #text}. */
    Page add(String markup) {
        body.append(markup).append('\n');
        return this;
    }

    /** Escapes a text for use in markup. */
    static String text(Object value) {
        return value.toString()
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Formats a count. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Formats a number with this many fraction digits and with thousands separators. */
    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** Formats a number with about three significant digits. */
    static String number(double value) {
        double size = Math.abs(value);
        return number(value, size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : 2);
    }

    /** @throws IOException if the file cannot be written */
    void write(Path file) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream("/dev/hasten/bench/report.html")) {
            if (in == null) {
                throw new IOException("missing resource report.html");
            }
            String page = new String(in.readAllBytes(), UTF_8)
                    .replace("{{title}}", text(title))
                    .replace("{{body}}", body);
            Files.writeString(file, page);
        }
    }
}
