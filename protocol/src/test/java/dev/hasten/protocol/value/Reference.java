package dev.hasten.protocol.value;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tables of inputs with the outputs of Node; see generate-reference.mjs in the directory of the tables. */
final class Reference {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Reference() {}

    /** Calls {@code check} with every case: the input and the output of Node, JSON null for an error. */
    static void forEach(String table, BiConsumer<JsonNode, JsonNode> check) {
        List<String> lines = lines(table);
        if (lines.size() < 10) {
            throw new AssertionError("Too few cases in " + table);
        }
        for (String line : lines) {
            JsonNode node = JSON.readTree(line);
            check.accept(node.get(0), node.get(1));
        }
    }

    private static List<String> lines(String table) {
        try (InputStream stream = Objects.requireNonNull(Reference.class.getResourceAsStream(table + ".jsonl"))) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(line -> !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
