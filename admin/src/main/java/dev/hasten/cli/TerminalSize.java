package dev.hasten.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The size of the terminal. Java does not know it, so {@code stty} is asked. */
record TerminalSize(int rows, int columns) {
    /** For a terminal whose size is unknown: nothing is cut. */
    private static final TerminalSize UNKNOWN = new TerminalSize(Integer.MAX_VALUE, Integer.MAX_VALUE);

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})");
    /** A sequence that sets a style, or one character. */
    private static final Pattern PART = Pattern.compile("\u001b\\[[0-9;]*m|\\X");

    static TerminalSize current() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (var output = stty.getInputStream()) {
                return of(new String(output.readAllBytes(), US_ASCII).strip());
            }
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** @param text the output of {@code stty size} */
    static TerminalSize of(String text) {
        Matcher size = SIZE.matcher(text);
        // Some terminals report 0, which means unknown.
        return size.matches() && !size.group(1).equals("0") && !size.group(2).equals("0")
                ? new TerminalSize(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)))
                : UNKNOWN;
    }

    /** The part of a line that fits; a longer one would continue on the next row. Keeps all styles. */
    String cut(String line) {
        StringBuilder cut = new StringBuilder();
        int shown = 0;
        for (Matcher part = PART.matcher(line); part.find(); ) {
            boolean isStyle = part.group().startsWith("\u001b[");
            if (isStyle || shown < columns) {
                cut.append(part.group());
                shown += isStyle ? 0 : 1;
            }
        }
        return cut.toString();
    }
}
