package dev.hasten;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every promise in docs/security.md names tests that exist. */
final class SecurityDocTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern JAVA_TEST = Pattern.compile("`([A-Z]\\w*Test)(?:\\.(\\w+))?`");
    private static final Pattern FILE = Pattern.compile("`((?:conformance|deploy)/[^`]+)`");

    private static List<String> promises() throws IOException {
        String document = Files.readString(ROOT.resolve("docs/security.md"));
        String promises = document.substring(
                document.indexOf("\n## Promises\n"), document.indexOf("\n## What is not promised\n"));
        return promises.lines()
                .filter(line -> line.startsWith("| ") && !line.equals("| promise | tests |"))
                .toList();
    }

    private static Map<String, Path> testClasses() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            List<Path> roots = modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList();
            List<Path> files = new ArrayList<>();
            for (Path root : roots) {
                try (Stream<Path> all = Files.walk(root)) {
                    all.filter(file -> file.toString().endsWith("Test.java")).forEach(files::add);
                }
            }
            return files.stream()
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""), file -> file));
        }
    }

    @Test
    void everyPromiseNamesTestsThatExist() throws IOException {
        Map<String, Path> classes = testClasses();
        List<String> problems = new ArrayList<>();
        List<String> promises = promises();
        assertThat(promises).hasSizeGreaterThan(50);
        for (String promise : promises) {
            String tests = promise.substring(promise.lastIndexOf(" | "));
            boolean named = false;
            for (Matcher test = JAVA_TEST.matcher(tests); test.find(); named = true) {
                Path file = classes.get(test.group(1));
                String method = test.group(2);
                if (file == null || (method != null && !Files.readString(file).contains("void " + method + "("))) {
                    problems.add("does not exist: " + test.group());
                }
            }
            for (Matcher file = FILE.matcher(tests); file.find(); named = true) {
                if (!Files.exists(ROOT.resolve(file.group(1)))) {
                    problems.add("does not exist: " + file.group());
                }
            }
            if (!named) {
                problems.add("names no test: " + promise);
            }
        }
        assertThat(problems).isEmpty();
    }
}
