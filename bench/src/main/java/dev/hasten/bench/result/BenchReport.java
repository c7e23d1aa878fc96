package dev.hasten.bench.result;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that a run of the bench has to say, as it stands in its JSON file.
 *
 * @param format of this file; {@value #FORMAT}
 * @param date when the run began, in UTC, as of ISO 8601
 */
public record BenchReport(
        int format, String date, Environment environment, Settings settings, List<ScenarioResult> scenarios) {
    /** Changes when a reader of older files would be misled. */
    public static final int FORMAT = 1;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * Reads a file of {@link #write}.
     *
     * @throws IOException naming the file, when it cannot be read or is no such file
     */
    public static BenchReport read(Path file) throws IOException {
        BenchReport report;
        try {
            report = JSON.readValue(Files.readString(file), BenchReport.class);
        } catch (IOException | JacksonException e) {
            throw new IOException("the file " + file + " cannot be read as a report of `hasten bench`", e);
        }
        if (report.format() != FORMAT || report.scenarios() == null) {
            throw new IOException("the file " + file + " is no report of this version of `hasten bench`");
        }
        return report;
    }

    /** Writes it as JSON. */
    public void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n", StandardCharsets.UTF_8);
    }

    /** Operations that failed, of all scenarios. */
    public long failed() {
        return scenarios.stream().mapToLong(ScenarioResult::failed).sum();
    }
}
