package dev.hasten.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects configuration sources for a test, in a separate directory. */
final class Sources {
    static final String URL = "postgresql://ann:s3cret@db.example:5432/app";

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> flags = new HashMap<>();
    private @Nullable Path file;

    Sources(Path directory) {
        this.directory = directory;
    }

    Sources yaml(String text) {
        return file("hasten.yaml", text);
    }

    Sources file(String name, String text) {
        file = Path.of(name);
        write(name, text);
        return this;
    }

    Sources write(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Sources missingFile(String name) {
        file = Path.of(name);
        return this;
    }

    Sources env(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Sources flag(String key, String value) {
        flags.put(key, value);
        return this;
    }

    Config load() {
        return Config.load(new ConfigSources(file, environment, flags, directory));
    }

    /** Returns the problems of a configuration that must be invalid. */
    List<String> problems() {
        try {
            load();
        } catch (ConfigException e) {
            return e.problems().stream().map(ConfigProblem::toString).toList();
        }
        throw new AssertionError("the configuration has no problems");
    }
}
