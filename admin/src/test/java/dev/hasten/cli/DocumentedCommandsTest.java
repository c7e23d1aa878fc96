package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands, configuration keys, variables and metrics in README and docs exist. */
final class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..");

    /** A call of the launcher or of the installed command, up to the end of the command. */
    private static final Pattern COMMAND = Pattern.compile(
            "(?<![\\w/.-])(?:(?:[A-Za-z/.]*/)?bin/)?hasten ((?:serve|demo|bench|keys|migrated|check-config|help|--version|--help)[^\n`;|&>)]*)");

    private static final Pattern CODE =
            Pattern.compile("```[a-z]*\n(.*?)```|`([^`\n]+)`|((?:^ {4}.*\n)+)", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern KEY = Pattern.compile(
            "`((?:databases\\.(?:<name>|[a-z-]+)\\.)?(?:http|tls|log|cache|memory|pool|limits|schemas)\\.[a-z_]+)`");
    private static final Pattern VARIABLE = Pattern.compile("\\bHASTEN_[A-Z0-9_]+\\b");
    private static final Pattern METRIC =
            Pattern.compile("\\bhasten_(?:cache|http|memory|plan|pool|statement|transactions|wrong)_[a-z_]*[a-z]\\b");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    /** Variables that are not configuration keys: of launchers, containers, benchmarks and examples. */
    private static final Set<String> OTHER_VARIABLES = Set.of(
            "HASTEN_JAVA_OPTS",
            "HASTEN_HOME",
            "HASTEN_CONFIG",
            "HASTEN_API_KEY",
            "HASTEN_API_KEY_SCOPES",
            "HASTEN_URL",
            "HASTEN_PUBLISH");

    @TempDir
    Path directory;

    static Stream<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            List<Path> all = new ArrayList<>(docs.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList());
            for (String name : List.of(
                    "README.md",
                    "CONTRIBUTING.md",
                    "CHANGELOG.md",
                    "bench/README.md",
                    "clients/typescript/README.md")) {
                all.add(ROOT.resolve(name));
            }
            return all.stream();
        }
    }

    private static String text(Path document) {
        try {
            return Files.readString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> all = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            all.add(matcher.group(matcher.groupCount()));
        }
        return all;
    }

    private static Set<String> commands(String text) {
        Set<String> commands = new TreeSet<>();
        Matcher code = CODE.matcher(text.replace("\\\n", " "));
        while (code.find()) {
            String block =
                    code.group(1) != null ? code.group(1) : code.group(2) != null ? code.group(2) : code.group(3);
            for (String command : found(COMMAND, block)) {
                commands.add(command.replaceFirst("\\s+#.*", "").strip());
            }
        }
        return commands;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void commandsAreAccepted(Path document) {
        for (String command : commands(text(document))) {
            String[] arguments = Stream.of(command.split("\\s+"))
                    .filter(word -> !word.equals("...") && !word.equals("…"))
                    .map(word -> word.replaceAll("^[\"']|[\"']$", "").replaceAll("[,.:]$", ""))
                    .toArray(String[]::new);
            if (command.contains("create|list|revoke")) {
                continue;
            }
            assertThatCode(() -> HastenCli.commandLine(arguments).parseArgs(withRequired(arguments)))
                    .as("%s: hasten %s", document, command)
                    .doesNotThrowAnyException();
        }
    }

    /** A sentence may name a command without the option that it requires. */
    private static String[] withRequired(String[] arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (all.equals(List.of("keys", "create"))) {
            all.addAll(List.of("--name", "x"));
        }
        if (all.equals(List.of("keys", "revoke"))) {
            all.add("x");
        }
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void keysExist(Path document) {
        for (String key : found(KEY, text(document))) {
            boolean ofDatabase = key.matches("(pool|limits|schemas)\\..*");
            String path = (ofDatabase ? "databases.x." : "") + key.replace("<name>", "x");
            CommandRun run = check(path);
            if (run.err().contains("unknown key") && key.startsWith("cache.")) {
                run = check("databases.x." + key);
            }
            assertThat(run.err()).as("%s: %s", document, key).doesNotContain("unknown key", "renamed", "is a section");
        }
    }

    private static CommandRun check(String path) {
        return CommandRun.of("check-config", "--set", path + "=");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void variablesExist(Path document) {
        String known = text(ROOT.resolve("docs").resolve("configuration.md"));
        for (String variable : found(VARIABLE, text(document))) {
            if (OTHER_VARIABLES.contains(variable) || variable.endsWith("_") || known.contains("`" + variable)) {
                continue;
            }
            String key = variable.substring("HASTEN_".length()).toLowerCase(java.util.Locale.ROOT);
            assertThat(keyVariables()).as("%s: %s", document, variable).contains(withoutDatabase(key));
        }
    }

    private static String withoutDatabase(String key) {
        return key.replaceFirst("^databases_[a-z0-9]+_", "databases_<name>_");
    }

    private static Set<String> keyVariables() {
        Set<String> variables = new TreeSet<>();
        for (String row : found(
                Pattern.compile("^\\| `([a-z_<>.]+)` \\|", Pattern.MULTILINE),
                text(ROOT.resolve("docs").resolve("configuration.md")))) {
            variables.add(row.replace('.', '_'));
        }
        return variables;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void metricsExist(Path document) {
        String known = text(ROOT.resolve("docs").resolve("metrics.md"));
        for (String metric : found(METRIC, text(document))) {
            assertThat(known)
                    .as("%s: %s", document, metric)
                    .contains("`" + metric.replaceFirst("_(count|sum|bucket)$", "") + "`");
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void configurationExamplesAreValid(Path document) throws IOException {
        for (String yaml : found(YAML, text(document))) {
            if (!yaml.contains("databases:") && !yaml.contains("http:")) {
                continue;
            }
            Path file = directory.resolve("hasten.yaml");
            Files.writeString(file, yaml);
            CommandRun run = CommandRun.of("check-config", "--config", file.toString());
            assertThat(problems(run)).as("%s:\n%s", document, yaml).isEmpty();
        }
    }

    /** Examples may leave out the URL of a database, and have keys that nobody must use. */
    private static List<String> problems(CommandRun run) {
        return run.err()
                .lines()
                .filter(line -> !line.contains("has no URL") && !line.contains("fewer than 128 bits"))
                .toList();
    }

    @Test
    void exampleOfTheDeploymentIsValid() {
        CommandRun run = CommandRun.of(
                "check-config",
                "--config",
                ROOT.resolve("deploy").resolve("hasten.example.yaml").toString());
        assertThat(problems(run)).isEmpty();
    }
}
