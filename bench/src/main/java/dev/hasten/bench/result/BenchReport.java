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
 * The results of a run of the bench, in the structure of its JSON file.
 *
 * @param format format version of the file; {@value #FORMAT}
 * @param date start of the run in UTC, in ISO 8601
 */
public record BenchReport(
        int format, String date, Environment environment, Settings settings, List<ScenarioResult> scenarios) {
    /** Must be changed if files of the previous format would be misinterpreted. */
    public static final int FORMAT = 1;

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * Reads a file written by {@link #write}.
     *
     * @throws IOException if the file cannot be read or is not a report; the message contains its path
     */
    public static BenchReport read(Path file) throws IOException {
        BenchReport report;
        try {
            report = JSON.readValue(Files.readString(file), BenchReport.class);
        } catch (IOException | JacksonException e) {
            throw new IOException("the file " + file + " cannot be read as a report of `hasten bench`", e);
        }
        if (report.format() != FORMAT || report.scenarios() == null) {
            throw new IOException(
                    "the file " + file + " is not a report of this version of `hasten bench`; run the benchmark again");
        }
        return report;
    }

    /** Writes the report as JSON. */
    public void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n", StandardCharsets.UTF_8);
    }

    /** The number of failed operations of all scenarios. */
    public long failed() {
        return scenarios.stream().mapToLong(ScenarioResult::failed).sum();
    }
}
