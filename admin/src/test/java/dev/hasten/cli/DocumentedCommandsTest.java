package dev.hasten.cli;

import static dev.hasten.cli.Documents.text;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The commands, options, configuration keys, variables and metrics in README and docs exist. */
final class DocumentedCommandsTest {
    private static final Path ROOT = Documents.ROOT;

    /**
     * A call of the launcher or of the installed command, up to the end of the command. The word hasten alone can also be
     * the name of a container, so only a known command may follow it.
     */
    private static final Pattern COMMAND = Pattern.compile(
            "(?<![\\w/.-])(?:(?:[A-Za-z/.]*/)?bin/hasten (?=[a-z-])|hasten (?=serve|demo|bench|keys|status|top|invalidate|completion|migrated|check-config|help|--version|--help))([^\n`;|&>)]*)");

    /** One argument, which may contain spaces. */
    private static final Pattern QUOTED = Pattern.compile("\"[^\"\n]*\"");

    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9_.-]*[a-z0-9]");

    /** The options of other tools in README and docs, by tool. */
    private static final Map<String, Set<String>> OPTIONS_OF_OTHERS = Map.ofEntries(
            entry("bin/package", Set.of("--compare", "--without-aot")),
            entry("buildah bud, podman build", Set.of("--format")),
            entry("the scripts in bench/", Set.of("--concurrency", "--only", "--out", "--quick", "--seconds")),
            entry("curl", Set.of("--fail")),
            entry("deno", Set.of("--allow-env", "--allow-net", "--allow-read", "--env-file", "--node-modules-dir")),
            entry("deploy/verify", Set.of("--buildah")),
            entry(
                    "docker run",
                    Set.of(
                            "--cap-drop",
                            "--memory",
                            "--read-only",
                            "--restart",
                            "--rm",
                            "--security-opt",
                            "--stop-timeout",
                            "--tmpfs")),
            entry("gh", Set.of("--repo")),
            entry("java", Set.of("--enable-native-access")),
            entry("kubectl", Set.of("--from-literal")),
            entry("node", Set.of("--env-file", "--test")),
            entry("npm install", Set.of("--save-dev")),
            entry("npm version", Set.of("--no-git-tag-version", "--prefix")),
            entry("prisma generate", Set.of("--data-proxy", "--no-engine")),
            entry("prisma-accelerate-local", Set.of("--http", "--wasm")),
            entry("systemctl", Set.of("--now")),
            entry("tar", Set.of("--no-same-owner", "--strip-components")));

    private static final Pattern TEST_CALL = Pattern.compile("(?<![\\w/.-])bin/test([^\n`;|&>)]*)");
    private static final Pattern TEST_USAGE = Pattern.compile("^# {3}bin/test(.*?)(?: {2,}|$)", Pattern.MULTILINE);
    private static final Pattern TEST_CASE = Pattern.compile("^  ([a-z]+)\\) ", Pattern.MULTILINE);
    private static final Pattern SHELL_COMMENT = Pattern.compile("(?:^|\\s+)#.*");

    private static final Pattern KEY = Pattern.compile(
            "`((?:databases\\.(?:<name>|[a-z-]+)\\.)?(?:http|tls|log|cache|insights|audit|memory|pool|limits|schemas)\\.(?:stream\\.)?"
                    + "(?!stream`)(?!log`)[a-z_]+)`");
    private static final Pattern VARIABLE = Pattern.compile("\\bHASTEN_[A-Z0-9_]+\\b");
    private static final Pattern METRIC = Pattern.compile(
            "\\bhasten_(?:audit|cache|http|insights|key|log|memory|plan|pool|proofs|statement|stream|transactions|writes|wrong)_[a-z_]*[a-z]\\b");
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
        return Documents.all();
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
        for (String code : Documents.code(text)) {
            for (String command : found(COMMAND, QUOTED.matcher(code).replaceAll("quoted"))) {
                commands.add(SHELL_COMMENT.matcher(command).replaceFirst("").strip());
            }
        }
        return commands;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void commandsAreAccepted(Path document) throws IOException {
        for (String command : commands(text(document))) {
            String[] arguments = Stream.of(command.split("\\s+"))
                    .filter(word -> !word.equals("...") && !word.equals("…"))
                    .map(word -> word.replaceAll("[,.:]$", ""))
                    .toArray(String[]::new);
            if (command.contains("create|list|rotate|revoke")) {
                continue;
            }
            assertThatCode(() -> HastenCli.commandLine(arguments).parseArgs(withRequired(arguments)))
                    .as("%s: hasten %s", document, command)
                    .doesNotThrowAnyException();
            // Parsing accepts every option of these two, because each configuration key is one.
            if (Set.of("serve", "check-config").contains(arguments[0])) {
                assertThat(problems(CommandRun.of(checking(arguments))))
                        .as("%s: hasten %s", document, command)
                        .isEmpty();
            }
        }
    }

    /** The arguments that check the configuration of a command, with an empty file in place of the one it names. */
    private String[] checking(String[] arguments) throws IOException {
        String[] all = arguments.clone();
        all[0] = "check-config";
        int file = List.of(all).indexOf("--config") + 1;
        if (file > 0) {
            all[file] =
                    Files.writeString(directory.resolve("hasten.yaml"), "{}").toString();
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void optionsExist(Path document) {
        Set<String> known = new TreeSet<>();
        addOptions(HastenCli.commandLine(), known);
        OPTIONS_OF_OTHERS.values().forEach(known::addAll);
        for (String option : found(OPTION, text(document))) {
            if (!known.contains(option)) {
                assertThat(check(option.substring("--".length())).err())
                        .as("%s: %s", document, option)
                        .doesNotContain("unknown key", "renamed", "is a section");
            }
        }
    }

    private static void addOptions(CommandLine command, Set<String> options) {
        command.getCommandSpec().options().forEach(option -> options.addAll(List.of(option.names())));
        command.getSubcommands().values().forEach(subcommand -> addOptions(subcommand, options));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void testCommandsAreAccepted(Path document) {
        Map<String, String> usages = testUsages();
        for (String code : Documents.code(text(document))) {
            for (String call : found(
                    TEST_CALL,
                    code.lines()
                            .map(line -> SHELL_COMMENT.matcher(line).replaceFirst(""))
                            .collect(Collectors.joining("\n")))) {
                List<String> words = words(call);
                String name = words.isEmpty() ? "" : words.getFirst();
                assertThat(usages).as("%s: bin/test%s", document, call).containsKey(name);
                List<String> parameters = words(usages.get(name));
                long required = parameters.stream()
                        .filter(parameter -> !parameter.startsWith("["))
                        .count();
                assertThat((long) words.size())
                        .as("%s: words in bin/test%s", document, call)
                        .isBetween(required, (long) parameters.size());
            }
        }
    }

    private static List<String> words(String text) {
        return Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty()).toList();
    }

    /** The usages of bin/test in its first lines, by the first argument. */
    private static Map<String, String> testUsages() {
        return found(TEST_USAGE, text(ROOT.resolve("bin").resolve("test"))).stream()
                .collect(Collectors.toMap(
                        usage -> words(usage).stream().findFirst().orElse(""), usage -> usage));
    }

    @Test
    void testAcceptsTheCommandsOfItsUsage() {
        Set<String> cases = found(TEST_CASE, text(ROOT.resolve("bin").resolve("test")));
        assertThat(cases).contains("all").hasSameSizeAs(testUsages().keySet());
        cases.remove("all");
        assertThat(testUsages().keySet()).contains("").containsAll(cases);
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
