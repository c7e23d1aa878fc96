package dev.hasten.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** The text form of an explanation of the admin API, a {@code dev.hasten.explain.Explanation} in JSON. */
final class ExplanationText {
    private static final Map<String, String> CAUSES = Map.of(
            "tags", "invalidation of one of its tags",
            "all", "invalidation of everything",
            "schema", "a change of the schema",
            "write", "a write through Hasten to what it reads",
            "stream", "a write of any other program to what it reads");

    private final List<Line> lines = new ArrayList<>();

    private record Line(String label, String value) {}

    private ExplanationText() {}

    /** The text, ending with a line separator. */
    static String of(JsonNode explanation) {
        ExplanationText text = new ExplanationText();
        text.add(explanation);
        return text.aligned();
    }

    private void add(JsonNode explanation) {
        line(
                "database",
                text(explanation, "database") + " (cache.invalidation: " + text(explanation, "invalidation") + ")");
        request(explanation);
        JsonNode notCached = explanation.path("not_cached");
        line(
                "cacheable",
                notCached.isObject()
                        ? "no: " + text(notCached, "detail") + " (" + text(notCached, "reason") + ")"
                        : "yes");
        optional("cache unused", explanation.path("stream"));
        for (JsonNode entry : explanation.path("entries")) {
            line("stored", entry(entry));
        }
        JsonNode notStored = explanation.path("not_stored");
        line("stored", notStored.isString() ? "no usable response: " + notStored.asString() : "");
        for (JsonNode relation : explanation.path("reads")) {
            JsonNode kind = relation.path("kind");
            line(
                    "reads",
                    text(relation, "name") + (kind.isString() ? " (" + kind.asString() + ")" : "") + changed(relation));
        }
        statement(explanation.path("statement"));
        for (JsonNode tag : explanation.path("tags")) {
            line("tag", text(tag, "name") + changed(tag));
        }
        for (JsonNode cause : explanation.path("outdated_by")) {
            line("outdated by", CAUSES.getOrDefault(cause.asString(), cause.asString()));
        }
        if (!notCached.isObject()) {
            JsonNode last = explanation.path("last_invalidation");
            line("last invalidation", last.isObject() ? invalidation(last) : "none since the server started");
        }
    }

    private void request(JsonNode explanation) {
        JsonNode request = explanation.path("request");
        if (request.isObject()) {
            line("request", text(request, "id") + " at " + time(request.path("at")));
            line("cache status", text(request, "status"));
            optional("model", request.path("model"));
        }
        optional("signature", explanation.path("signature"));
        JsonNode strategy = request.path("strategy");
        if (strategy.isObject()) {
            line(
                    "strategy",
                    "ttl " + text(strategy, "ttl_seconds") + " s, swr " + text(strategy, "swr_seconds") + " s"
                            + (strategy.path("tags").isEmpty() ? "" : ", tags " + list(strategy.path("tags"))));
        }
    }

    private void statement(JsonNode statement) {
        if (statement.isObject()) {
            line(
                    "writes",
                    switch (text(statement, "writes")) {
                        case "nothing" -> "nothing";
                        case "tables" ->
                            statement.path("written").isEmpty() ? "no tables" : list(statement.path("written"));
                        default -> "unknown: Hasten lists the locks of each execution, or outdates everything";
                    });
        }
    }

    private static String entry(JsonNode entry) {
        JsonNode key = entry.path("key_id");
        return (entry.path("current").asBoolean() ? "yes" : "outdated") + ": read " + time(entry.path("read_at")) + " ("
                + text(entry, "age_seconds") + " s ago), kept for " + text(entry, "kept_seconds") + " s, "
                + text(entry, "bytes") + " bytes, generation " + text(entry, "generation")
                + (key.isString() ? ", for the API key " + key.asString() : "");
    }

    private static String changed(JsonNode dependency) {
        JsonNode last = dependency.path("last_invalidation");
        return last.isObject() ? ", last invalidation: " + invalidation(last) : "";
    }

    private static String invalidation(JsonNode last) {
        String generation = "generation " + text(last, "generation");
        return last.path("cause").isString()
                ? time(last.path("at")) + ", " + text(last, "cause") + ": " + text(last, "detail") + " (" + generation
                        + ")"
                : "too long ago to be remembered (" + generation + ")";
    }

    private static String time(JsonNode time) {
        return Instant.parse(time.asString()).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static String list(JsonNode texts) {
        return StreamSupport.stream(texts.spliterator(), false)
                .map(JsonNode::asString)
                .collect(Collectors.joining(", "));
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).asString();
    }

    private void optional(String label, JsonNode value) {
        if (value.isString()) {
            line(label, value.asString());
        }
    }

    private void line(String label, String value) {
        if (!value.isEmpty()) {
            lines.add(new Line(label, value));
        }
    }

    private String aligned() {
        int width = lines.stream().mapToInt(line -> line.label().length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        String last = "";
        for (Line line : lines) {
            String label = line.label().equals(last) ? "" : line.label();
            last = line.label();
            text.append(label)
                    .append(" ".repeat(width - label.length() + 2))
                    .append(line.value().replaceAll("\\p{Cntrl}", "?"))
                    .append(System.lineSeparator());
        }
        return text.toString();
    }
}
