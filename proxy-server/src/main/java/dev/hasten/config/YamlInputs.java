package dev.hasten.config;

import dev.hasten.config.ConfigInputs.Input;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Flattens a YAML file into paths. It reads tokens instead of a tree because a tree loses the line numbers and reports
 * only the first duplicate key.
 */
final class YamlInputs {
    /**
     * The parser's default limit of 3 million characters is too small for a hundred thousand API keys. Duplicate keys are
     * reported by this class, with both lines.
     */
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .loadSettings(LoadSettings.builder()
                    .setCodePointLimit(Integer.MAX_VALUE)
                    .setAllowDuplicateKeys(true)
                    .build())
            .build();

    private final Path file;
    private final List<ConfigProblem> problems;
    private final Map<String, Input> inputs = new LinkedHashMap<>();
    /** The lines of mappings and lists, by path. */
    private final Map<String, Integer> containers = new HashMap<>();

    private YamlInputs(Path file, List<ConfigProblem> problems) {
        this.file = file;
        this.problems = problems;
    }

    /**
     * Reads the file.
     *
     * @param file the path as the operator gave it, for messages
     * @param problems receives a problem if the file cannot be read or is not YAML, and one for each repeated key
     * @return empty if the file as a whole could not be read
     */
    static Optional<Map<String, Input>> read(Path file, Path workingDirectory, List<ConfigProblem> problems) {
        YamlInputs reader = new YamlInputs(file, problems);
        try {
            reader.readDocument(Files.readString(workingDirectory.resolve(file), StandardCharsets.UTF_8));
            return Optional.of(reader.inputs);
        } catch (NoSuchFileException e) {
            reader.problem(file.toString(), "file not found", 0);
        } catch (CharacterCodingException e) {
            reader.problem(file.toString(), "the file is not UTF-8 text", 0);
        } catch (IOException e) {
            reader.problem(file.toString(), "the file cannot be read: " + e.getMessage(), 0);
        } catch (JacksonException e) {
            // The exception's own message quotes the file and may contain a secret.
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            reader.problem(file.toString(), "the file is not valid YAML; check this line and the line before it", line);
        }
        return Optional.empty();
    }

    private void readDocument(String text) {
        try (JsonParser parser = YAML.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null || first == JsonToken.VALUE_NULL) {
                return;
            }
            if (first != JsonToken.START_OBJECT) {
                problem(file.toString(), "the file must be a mapping of keys to values", line(parser));
                return;
            }
            readMapping(parser, "");
            if (parser.nextToken() != null) {
                problem(file.toString(), "the file must contain exactly one YAML document", line(parser));
            }
        }
    }

    private void readMapping(JsonParser parser, String prefix) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String path = prefix + parser.currentName();
            int line = line(parser);
            parser.nextToken();
            readValue(parser, path, line);
        }
    }

    private void readList(JsonParser parser, String path, int line) {
        int position = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            readValue(parser, path + "[" + position + "]", line(parser));
            position++;
        }
        if (position == 0) {
            put(path, null, line);
        }
    }

    private void readValue(JsonParser parser, String path, int line) {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            problem(path, "YAML aliases (*name) are not supported; repeat the value", line);
            return;
        }
        if (parser.currentToken().isStructStart()) {
            Integer earlier = containers.putIfAbsent(path, line);
            if (earlier != null) {
                setTwice(path, new Origin.File(file, earlier), line);
                parser.skipChildren();
                return;
            }
        }
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                int before = inputs.size();
                readMapping(parser, path + ".");
                if (inputs.size() == before) {
                    put(path, null, line);
                }
            }
            case START_ARRAY -> readList(parser, path, line);
            case VALUE_NULL -> put(path, null, line);
            default -> put(path, parser.getString(), line);
        }
    }

    private void put(String path, @Nullable String text, int line) {
        Input earlier = inputs.get(path);
        if (earlier != null) {
            setTwice(path, earlier.origin(), line);
            return;
        }
        inputs.put(path, new Input(text, new Origin.File(file, line)));
    }

    private void setTwice(String path, Origin first, int line) {
        problem(path, "the key is set twice; the first is at " + first.label(), line);
    }

    private void problem(String key, String explanation, int line) {
        problems.add(new ConfigProblem(key, null, explanation, new Origin.File(file, line)));
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}
