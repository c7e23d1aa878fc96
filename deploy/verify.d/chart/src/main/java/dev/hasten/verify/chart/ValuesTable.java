package dev.hasten.verify.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Compares the table in the chart's README with values.yaml and values.schema.json. */
final class ValuesTable {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Za-z.]+)` \\| (?:`(.*?)`)? *\\|");

    private ValuesTable() {}

    static List<String> problems(Path chart) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        JsonNode defaults =
                new YAMLMapper().readTree(chart.resolve("values.yaml").toFile());
        addLeaves(values, "", defaults);
        Map<String, String> documented = new LinkedHashMap<>();
        Matcher row = ROW.matcher(Files.readString(chart.resolve("README.md")));
        while (row.find()) {
            documented.put(row.group(1), row.group(2) == null ? "" : row.group(2));
        }
        List<String> problems = new ArrayList<>();
        if (!List.copyOf(documented.keySet()).equals(List.copyOf(values.keySet()))) {
            problems.add("README.md lists " + documented.keySet());
            problems.add("values.yaml has " + values.keySet());
        }
        documented.forEach((name, value) -> {
            if (values.containsKey(name) && !value.equals(values.get(name))) {
                problems.add("README.md has the default " + value + " for " + name + ", not " + values.get(name));
            }
        });
        JsonNode schema =
                JsonMapper.shared().readTree(chart.resolve("values.schema.json").toFile());
        addUndeclared(problems, "", defaults, schema);
        return problems;
    }

    /** Adds the values that are not objects, empty objects, and the objects whose members are not the chart's. */
    private static void addLeaves(Map<String, String> leaves, String prefix, JsonNode node) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            String name = prefix + member.getKey();
            JsonNode value = member.getValue();
            if (value.isObject() && !value.isEmpty() && !isKubernetes(name)) {
                addLeaves(leaves, name + ".", value);
            } else if (value.isObject() && !value.isEmpty()) {
                leaves.put(name, "values.yaml");
            } else {
                leaves.put(name, value.isString() ? value.stringValue() : value.toString());
            }
        }
    }

    /** Objects that are copied to the manifests. */
    private static boolean isKubernetes(String name) {
        return name.equals("resources") || name.endsWith("ecurityContext");
    }

    /** A value without a schema could not be set, because the schema permits no others. */
    private static void addUndeclared(List<String> problems, String prefix, JsonNode defaults, JsonNode schema) {
        for (Map.Entry<String, JsonNode> member : defaults.properties()) {
            JsonNode declared = schema.path("properties").path(member.getKey());
            String name = prefix + member.getKey();
            if (declared.isMissingNode()) {
                problems.add("values.schema.json does not have " + name);
            } else if (declared.has("properties")) {
                addUndeclared(problems, name + ".", member.getValue(), declared);
            }
        }
    }
}
