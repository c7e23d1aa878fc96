package dev.hasten;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cli.Documents;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.ext.heading.anchor.IdGenerator;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relative links between the files of the repository lead somewhere, and every document can be reached. */
final class DocumentLinksTest {
    /** The links and the anchors of a document. GitHub forms anchors from the texts of headings, as IdGenerator does. */
    private record Document(List<String> links, Set<String> anchors) {
        private static final Parser PARSER = Parser.builder().build();

        static Document of(Path file) {
            List<String> links = new ArrayList<>();
            Set<String> anchors = new HashSet<>();
            IdGenerator ids = IdGenerator.builder().build();
            PARSER.parse(Documents.text(file)).accept(new AbstractVisitor() {
                @Override
                public void visit(Link link) {
                    links.add(link.getDestination());
                    super.visit(link);
                }

                @Override
                public void visit(Image image) {
                    links.add(image.getDestination());
                    super.visit(image);
                }

                @Override
                public void visit(Heading heading) {
                    anchors.add(ids.generateId(text(heading)));
                    super.visit(heading);
                }
            });
            return new Document(links, anchors);
        }

        private static String text(Heading heading) {
            StringBuilder text = new StringBuilder();
            heading.accept(new AbstractVisitor() {
                @Override
                public void visit(Text part) {
                    text.append(part.getLiteral());
                }

                @Override
                public void visit(Code part) {
                    text.append(part.getLiteral());
                }
            });
            return text.toString();
        }
    }

    private static final Pattern EXTERNAL = Pattern.compile("[a-z]+:.*");

    /** A relative link or the name of a file in comments of files that are not Markdown. */
    private static final Pattern MENTION = Pattern.compile("(?<![\\w/.$-])(?:docs|deploy|bin|clients)/[\\w./-]*\\w");

    @TempDir
    Path directory;

    @Test
    void relativeLinksLeadToFilesAndHeadings() throws IOException {
        List<Path> documents = markdown(Documents.ROOT);
        assertThat(documents).hasSizeGreaterThan(20);
        assertThat(problems(Documents.ROOT, documents)).isEmpty();
    }

    @Test
    void everyDocumentIsLinked() throws IOException {
        Path docs = Documents.ROOT.resolve("docs");
        Set<Path> unlinked = new TreeSet<>();
        try (Stream<Path> files = Files.walk(docs)) {
            files.filter(Files::isRegularFile).map(Path::normalize).forEach(unlinked::add);
        }
        for (Path document : markdown(Documents.ROOT)) {
            for (String link : Document.of(document).links()) {
                if (!EXTERNAL.matcher(link).matches()) {
                    Path target = target(document, link);
                    unlinked.removeIf(file -> !file.equals(document.normalize()) && isIn(file, target));
                }
            }
        }
        assertThat(unlinked).isEmpty();
    }

    /** Whether a link to this file or folder leads to the file. */
    private static boolean isIn(Path file, Path target) {
        return file.equals(target) || (Files.isDirectory(target) && target.equals(file.getParent()));
    }

    @Test
    void filesThatExamplesNameExist() throws IOException {
        List<String> problems = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Documents.ROOT.resolve("deploy"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                MENTION.matcher(Documents.text(file)).results().forEach(mention -> {
                    if (!Files.exists(Documents.ROOT.resolve(mention.group()))) {
                        problems.add(file + ": " + mention.group());
                    }
                });
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void brokenLinksAreFound() throws IOException {
        Files.writeString(directory.resolve("there.md"), "# A `b.c` (d), e\n\n## Twice\n\n## Twice\n");
        Path document = directory.resolve("here.md");
        Files.writeString(document, """
                # Here

                [ok](there.md) [ok](there.md#a-bc-d-e) [ok](#here) [ok](there.md#twice-1) [ok](https://example.com/x)
                `[code](no.md)`

                | a table |
                |---|
                | [bad](no.md) ![bad](no.png) [bad](there.md#no) [bad](#no) |
                """);
        assertThat(problems(directory, List.of(document)))
                .containsExactly("here.md: no.md", "here.md: no.png", "here.md: there.md#no", "here.md: #no");
    }

    private static List<String> problems(Path root, List<Path> documents) {
        List<String> problems = new ArrayList<>();
        for (Path document : documents) {
            for (String link : Document.of(document).links()) {
                if (!EXTERNAL.matcher(link).matches() && !leadsSomewhere(document, link)) {
                    problems.add(root.relativize(document) + ": " + link);
                }
            }
        }
        return problems;
    }

    private static boolean leadsSomewhere(Path document, String link) {
        Path target = target(document, link);
        int hash = link.indexOf('#');
        return hash < 0
                ? Files.exists(target)
                : Files.isRegularFile(target) && Document.of(target).anchors().contains(link.substring(hash + 1));
    }

    private static Path target(Path document, String link) {
        String path = link.replaceFirst("#.*", "");
        return path.isEmpty()
                ? document.normalize()
                : document.resolveSibling(path).normalize();
    }

    /** All Markdown files, except for those that the build or npm creates, and hidden ones. */
    private static List<Path> markdown(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean skipped = Set.of("target", "node_modules", "generated").contains(name)
                        || (name.startsWith(".") && !name.equals(".."));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".md")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }
}
