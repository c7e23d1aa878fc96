package dev.hasten.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchReportTest {
    @TempDir
    private Path directory;

    @Test
    void aWrittenReportCanBeReadBack() throws Exception {
        BenchReport report = SampleReports.of("find-unique", new Stampede(1, 2, 3, 4, 5), 100, 200);
        Path file = directory.resolve("report.json");

        report.write(file);

        assertThat(BenchReport.read(file)).isEqualTo(report);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "not JSON", "{\"format\":2,\"scenarios\":[]}"})
    void otherFilesAreRejectedByName(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("other.json"), text);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> BenchReport.read(file))
                .withMessageContaining("other.json");
    }
}
