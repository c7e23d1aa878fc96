package dev.hasten;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cli.Documents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/troubleshooting.md has a section for each error code in the sources, and for no other code of Hasten. */
final class TroubleshootingDocTest {
    private static final List<Path> SOURCES = Stream.of(
                    "protocol/src/main/java",
                    "query-compiler/src/main/java",
                    "proxy-server/src/main/java",
                    "admin/src/main/java",
                    "clients/typescript/src")
            .map(Documents.ROOT::resolve)
            .toList();

    private static final Pattern PRISMA_CODE = Pattern.compile("[\"'](P[0-9]{4})[\"']");

    /** The ways to create an error with a SQLSTATE. Other SQLSTATEs in the sources are compared with those of PostgreSQL. */
    private static final List<Pattern> SQLSTATES = List.of(
            Pattern.compile("(?:refused|ServerReport\\.of)\\(\\s*\"([0-9A-Z]{5})\""),
            Pattern.compile("new SQLException\\([^;]*?\"([0-9A-Z]{5})\"\\)"),
            Pattern.compile("(?:CONNECTION_FAILURE|FEATURE_NOT_SUPPORTED|FOREIGN_ENCODING) = \"([0-9A-Z]{5})\""),
            Pattern.compile("-> (?:status < 500 \\? )?\"([0-9A-Z]{5})\""),
            Pattern.compile(": \"([0-9A-Z]{5})\"; // \\w+"));

    /** A text in one of the classes of SQLSTATEs that the sources use. */
    private static final Pattern SQLSTATE =
            Pattern.compile("\"((?:0[38A]|2[1-8]|40|42|5[3-8]|XX)[0-9A-Z]{3}|[0-9][A-Z]000)\"");

    private static final Pattern SECTION = Pattern.compile("## (.+)|### ([0-9A-Z]{5})");

    /** Sections about codes that are not in the sources. */
    private static final Set<String> OF_OTHERS = Set.of("Codes of the clients", "Codes of Prisma's query compiler");

    @Test
    void everyPrismaCodeIsDescribed() throws IOException {
        assertThat(described(true)).containsAll(inSources(List.of(PRISMA_CODE)));
    }

    @Test
    void everySqlStateThatHastenCreatesIsDescribed() throws IOException {
        Set<String> created = inSources(SQLSTATES);
        assertThat(created).contains("0A000", "08006", "22021", "55000", "57014", "XX000");
        assertThat(described(true)).containsAll(created);
    }

    /** Finds SQLSTATEs that are created in a way which the test above does not know. */
    @Test
    void everySqlStateInTheSourcesIsMentioned() throws IOException {
        assertThat(inSources(List.of(SQLSTATE)))
                .hasSizeGreaterThan(30)
                .allSatisfy(state -> assertThat(text()).containsPattern("\\b" + state + "\\b"));
    }

    @Test
    void everyDescribedCodeExists() throws IOException {
        Set<String> exist = inSources(List.of(PRISMA_CODE));
        exist.addAll(inSources(SQLSTATES));
        assertThat(exist).containsAll(described(false));
    }

    @Test
    void theTableOfContentsListsEverySection() throws IOException {
        String contents = text().substring(0, text().indexOf("\n## "));
        for (String code : described(true)) {
            assertThat(contents).contains("[" + code + "](#" + code.toLowerCase(Locale.ROOT) + ")");
        }
    }

    private static String text() {
        return Documents.text(Documents.ROOT.resolve("docs/troubleshooting.md"));
    }

    /** The codes that have a section; without {@code others}, only those of Hasten. */
    private static Set<String> described(boolean others) {
        Set<String> codes = new TreeSet<>();
        String chapter = "";
        for (String line : text().lines().toList()) {
            Matcher section = SECTION.matcher(line);
            if (!section.matches()) {
                continue;
            }
            if (section.group(1) != null) {
                chapter = section.group(1);
            } else if (others || !OF_OTHERS.contains(chapter)) {
                codes.add(section.group(2));
            }
        }
        assertThat(codes).hasSizeGreaterThan(40);
        return codes;
    }

    private static Set<String> inSources(List<Pattern> patterns) throws IOException {
        Set<String> found = new TreeSet<>();
        for (Path root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String source = Files.readString(file);
                    for (Pattern pattern : patterns) {
                        pattern.matcher(source).results().forEach(match -> found.add(match.group(1)));
                    }
                }
            }
        }
        return found;
    }
}
