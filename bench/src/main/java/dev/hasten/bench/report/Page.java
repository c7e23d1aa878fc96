package dev.hasten.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A page that needs nothing but itself. */
final class Page {
    private final StringBuilder body = new StringBuilder();
    private final String title;

    Page(String title) {
        this.title = title;
    }

    /** Adds markup. Values in it go through {@link #text}. */
    Page add(String markup) {
        body.append(markup).append('\n');
        return this;
    }

    /** Any text as markup. */
    static String text(Object value) {
        return value.toString()
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** A number of things. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A number with so many digits behind the point, and commas in front of it. */
    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** A number with about three digits that count. */
    static String number(double value) {
        double size = Math.abs(value);
        return number(value, size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : 2);
    }

    /** @throws IOException when the file cannot be written */
    void write(Path file) throws IOException {
        try (InputStream in = Page.class.getResourceAsStream("/dev/hasten/bench/report.html")) {
            if (in == null) {
                throw new IOException("there is no resource report.html");
            }
            String page = new String(in.readAllBytes(), UTF_8)
                    .replace("{{title}}", text(title))
                    .replace("{{body}}", body);
            Files.writeString(file, page);
        }
    }
}
