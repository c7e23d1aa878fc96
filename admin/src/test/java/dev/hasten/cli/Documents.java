package dev.hasten.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documents of this repository, for tests of what they promise. */
public final class Documents {
    /** The folder of the repository. Tests run in the folder of their module. */
    public static final Path ROOT = Path.of("..");

    private static final List<String> OUTSIDE_DOCS = List.of(
            "README.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
            "SECURITY.md",
            "bench/README.md",
            "clients/typescript/README.md");

    private static final Pattern CODE =
            Pattern.compile("```[a-z]*\n(.*?)```|`([^`\n]+)`|((?:^ {4}.*\n)+)", Pattern.DOTALL | Pattern.MULTILINE);

    private Documents() {}

    /**
     * Returns the documents for users and contributors.
     *
     * @throws IOException if the folder docs cannot be read
     */
    public static Stream<Path> all() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            List<Path> all = new ArrayList<>(docs.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList());
            OUTSIDE_DOCS.forEach(name -> all.add(ROOT.resolve(name)));
            return all.stream();
        }
    }

    /** Returns the text of a file; an unreadable file is an error. */
    public static String text(Path document) {
        try {
            return Files.readString(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the code blocks and code spans of a document, with continued lines joined. */
    public static List<String> code(String text) {
        List<String> all = new ArrayList<>();
        Matcher code = CODE.matcher(text.replace("\\\n", " "));
        while (code.find()) {
            all.add(code.group(1) != null ? code.group(1) : code.group(2) != null ? code.group(2) : code.group(3));
        }
        return all;
    }
}
