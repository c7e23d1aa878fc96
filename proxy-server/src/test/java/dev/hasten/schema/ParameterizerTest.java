package dev.hasten.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.compiler.SchemaDefinition;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.plan.PlanValues;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The same data is replaced by parameters as in the official client. */
final class ParameterizerTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Queries of the conformance program with their parameterization by Prisma 7.10; see conformance/README.md. */
    @Test
    void parameterizesTheSameValuesAsTheOfficialClient() throws Exception {
        SchemaDefinition schema = SchemaDefinition.of(Files.readString(Path.of("../conformance/schema/schema.prisma")));
        List<String> differences = new ArrayList<>();
        int count = 0;
        for (String line : resource("parameterization.jsonl").lines().toList()) {
            JsonNode example = JSON.readTree(line);
            Map<String, PlanValue> values = new HashMap<>();
            example.get("values")
                    .properties()
                    .forEach(value -> values.put(value.getKey(), PlanValues.of(value.getValue())));
            ParameterizedQuery query = Parameterizer.query(example.get("query"), schema);
            JsonNode expected = inlined(example.get("parameterized"), values);
            JsonNode actual = inlined(JSON.readTree(query.text()), query.values());
            if (!same(expected, actual)) {
                differences.add("expected " + expected + "\nbut was  " + actual);
            }
            count++;
        }
        assertThat(differences).isEmpty();
        assertThat(count).isGreaterThan(500);
    }

    /** The official client does not parameterize a plain number for a decimal, but Hasten does. */
    private static boolean same(JsonNode expected, JsonNode actual) {
        if (expected.isNumber() && actual.path("$type").asString("").equals("Param")) {
            String value = actual.path("value").path("name").asString("");
            return actual.path("value").path("type").asString("").equals("Float")
                    && new BigDecimal(value.replaceAll("Constant\\[value=(.*)]", "$1"))
                                    .compareTo(expected.decimalValue())
                            == 0;
        }
        if (expected.isArray() && actual.isArray()) {
            return expected.size() == actual.size()
                    && IntStream.range(0, expected.size()).allMatch(i -> same(expected.get(i), actual.get(i)));
        }
        if (expected.isObject() && actual.isObject()) {
            return expected.size() == actual.size()
                    && expected.properties().stream()
                            .allMatch(member -> same(member.getValue(), actual.path(member.getKey())));
        }
        return expected.equals(actual);
    }

    /** Replaces placeholders by their values: they are numbered in the order of discovery, which may differ. */
    private static JsonNode inlined(JsonNode node, Map<String, PlanValue> values) {
        if (node.isArray()) {
            ArrayNode array = JSON.createArrayNode();
            node.forEach(element -> array.add(inlined(element, values)));
            return array;
        }
        if (!node.isObject()) {
            return node;
        }
        ObjectNode object = JSON.createObjectNode();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            object.set(member.getKey(), inlined(member.getValue(), values));
        }
        JsonNode type = node.get("$type");
        if (type != null && type.isString() && type.stringValue().equals("Param")) {
            ((ObjectNode) object.get("value"))
                    .put(
                            "name",
                            String.valueOf(
                                    values.get(node.get("value").get("name").stringValue())));
        }
        return object;
    }

    private static String resource(String name) throws IOException {
        try (var in = ParameterizerTest.class.getResourceAsStream(name)) {
            return new String(java.util.Objects.requireNonNull(in).readAllBytes(), UTF_8);
        }
    }
}
