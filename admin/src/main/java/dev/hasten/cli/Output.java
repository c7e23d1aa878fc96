package dev.hasten.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a command prints: text for people, with colors on a terminal, or JSON for programs. */
final class Output {
    private static final String BOLD = "1";
    private static final String DIM = "2";
    private static final String RED = "31";
    private static final String YELLOW = "33";

    private final PrintWriter out;
    private final boolean colors;

    private Output(PrintWriter out, boolean colors) {
        this.out = out;
        this.colors = colors;
    }

    /** The output of a command. Colors are used only on a terminal, and not if NO_COLOR is set. */
    static Output of(CommandSpec spec) {
        return new Output(
                spec.commandLine().getOut(),
                spec.commandLine().getColorScheme().ansi().enabled());
    }

    /** An output for tests and screens. */
    static Output to(PrintWriter out, boolean colors) {
        return new Output(out, colors);
    }

    /** Prints lines of text, which end with a line separator. */
    void print(Object text) {
        out.print(text);
        out.flush();
    }

    /** Prints JSON. */
    void json(JsonNode json) {
        out.println(json.toPrettyString());
        out.flush();
    }

    /** Prints a record as JSON. */
    void json(Object value) {
        json(JsonMapper.shared().<JsonNode>valueToTree(value));
    }

    String bold(String text) {
        return styled(BOLD, text);
    }

    String dim(String text) {
        return styled(DIM, text);
    }

    String red(String text) {
        return styled(RED, text);
    }

    String yellow(String text) {
        return styled(YELLOW, text);
    }

    private String styled(String style, String text) {
        return colors ? "\u001b[" + style + "m" + text + "\u001b[0m" : text;
    }
}
