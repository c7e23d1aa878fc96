package dev.hasten.verify.chart;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks the chart with each file of values.
 *
 * <p>Arguments: the chart; the directory with {@code values} that it must accept and {@code refused} ones; the directory for the
 * variables and the configuration file of each accepted case, as {@code NAME.env} and {@code NAME.yaml}.
 */
final class ChartCheck {
    private static final String EXPECTED = "# refused: ";

    private final Report report = new Report();
    private final Path directory;
    private final Chart chart;
    private final Path output;

    private ChartCheck(Path directory, Path output) {
        this.directory = directory;
        this.chart = new Chart(directory);
        this.output = output;
    }

    public static void main(String[] arguments) throws IOException {
        Path cases = Path.of(arguments[1]);
        ChartCheck check = new ChartCheck(Path.of(arguments[0]).toAbsolutePath(), Path.of(arguments[2]));
        check.report.check("helm lint --strict", check.chart.lint());
        check.report.check("the chart's README lists its values and defaults", ValuesTable.problems(check.directory));
        for (Path values : files(cases.resolve("values"))) {
            check.accepted(values);
        }
        check.refused(files(cases.resolve("refused")));
        check.report.notRun("the fields of the ExternalSecret: Maven Central has no model of it");
        check.report.notRun("helm install: it needs a Kubernetes cluster");
        System.exit(check.report.failed() ? 1 : 0);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private void accepted(Path values) throws IOException {
        String name = "chart with " + values.getFileName();
        Manifests manifests;
        try {
            manifests = new Manifests(chart.template(values));
        } catch (IllegalStateException e) {
            report.check(name + ": rendered by Helm", List.of(String.valueOf(e.getMessage())));
            return;
        }
        report.check(name + ": rendered by Helm, no unknown fields", manifests.problems());
        if (!manifests.problems().isEmpty()) {
            return;
        }
        Release release = new Release(manifests);
        report.check(name + ": grace period", release.gracePeriod());
        report.check(name + ": selectors", release.selectors());
        report.check(name + ": ports", release.ports());
        report.check(name + ": probes", release.probes());
        report.check(name + ": metrics", release.metrics());
        report.check(name + ": secrets", release.secrets());
        report.check(name + ": volumes", release.volumes());
        report.check(name + ": privileges", release.privileges());
        report.check(name + ": notes", notes(values));
        write(values, manifests);
    }

    private List<String> notes(Path values) {
        String printed = chart.install(values);
        return printed.contains("api_key=KEY") ? List.of() : List.of("there are no notes:\n" + printed);
    }

    /** Each file must be refused with the text in its first line. */
    private void refused(List<Path> files) throws IOException {
        for (Path values : files) {
            String expected = Files.readAllLines(values).getFirst().substring(EXPECTED.length());
            report.check("chart refuses " + values.getFileName() + ": " + expected, refusal(values, expected));
        }
    }

    private List<String> refusal(Path values, String expected) {
        try {
            chart.template(values);
            return List.of("it was accepted");
        } catch (IllegalStateException e) {
            String message = String.valueOf(e.getMessage());
            return message.contains(expected) ? List.of() : List.of("the message is: " + message);
        }
    }

    private void write(Path values, Manifests manifests) throws IOException {
        String name = values.getFileName().toString().replace(".yaml", "");
        Files.writeString(
                output.resolve(name + ".env"),
                manifests.environment().entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue() + "\n")
                        .collect(Collectors.joining()));
        Optional<ConfigMap> configuration = manifests.one(ConfigMap.class);
        if (configuration.isPresent()) {
            Files.writeString(
                    output.resolve(name + ".yaml"),
                    configuration.get().getData().get("hasten.yaml"));
        }
    }
}
