package dev.hasten.telemetry;

import java.util.regex.Pattern;

/** Texts of clients in the log. They must not start lines, control a terminal, or hide or reverse other text. */
final class PrintableText {
    /** Control, format, private-use and unassigned characters, lone surrogates, and separators of lines. */
    static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]+");

    private PrintableText() {}

    /** Replaces each sequence of characters that are not printable by a space. */
    static String oneLine(String text) {
        return UNPRINTABLE.matcher(text).replaceAll(" ");
    }
}
