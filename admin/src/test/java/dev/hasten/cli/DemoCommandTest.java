package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class DemoCommandTest {
    @Test
    void allStepsSucceedAndLeaveNothingBehind() throws Exception {
        List<Path> before = demoDirectories();

        CommandRun demo = CommandRun.of("demo");

        assertThat(demo.out())
                .as(demo.err())
                .containsPattern("findUnique by e-mail +200 +1 ")
                .containsPattern("findMany, filtered and sorted +200 +50 ")
                .containsPattern("findMany with include +200 +10 ")
                .containsPattern("update +200 +1 ")
                .containsPattern("interactive transaction +200 +1 .*start, create, count, commit")
                .containsPattern("raw SQL +200 +10 ")
                .containsPattern("cacheStrategy ttl: first +200 +50 .*accelerate-cache-status: miss, age: 0")
                .containsPattern("the same again +200 +50 .*accelerate-cache-status: ttl, age: \\d")
                .containsPattern("with swr only .* +200 +50 .*accelerate-cache-status: swr, age: \\d")
                .containsPattern("invalidate by tag +200 +- ")
                .containsPattern("after the invalidation +200 +50 .*accelerate-cache-status: miss, age: 0")
                .containsPattern("findUnique with a wrong key +401 +- .*P6002")
                .containsPattern(
                        "query that would take 30 s +422 +- .*P6004: cancelled .* PostgreSQL runs 0 statements")
                .contains("hasten serve")
                .doesNotContain("UNEXPECTED");
        assertThat(demo.err()).isEmpty();
        assertThat(demo.status()).isZero();
        assertThat(demoDirectories()).isEqualTo(before);
    }

    private static List<Path> demoDirectories() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("hasten-demo"))
                    .sorted()
                    .toList();
        }
    }
}
