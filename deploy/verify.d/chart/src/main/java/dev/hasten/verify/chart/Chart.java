package dev.hasten.verify.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.List;

/** The chart, as Helm sees it. */
final class Chart {
    static final String RELEASE = "production";
    static final String NAMESPACE = "data";

    /** The oldest version that Chart.yaml permits. */
    private static final String KUBERNETES = "1.25.0";

    private final Path directory;

    Chart(Path directory) {
        this.directory = directory;
    }

    /** Returns the messages of {@code helm lint --strict} if it failed. */
    List<String> lint() {
        LintResult result = new Helm(directory).lint().strict().call();
        return result.isFailed() ? result.getMessages() : List.of();
    }

    /**
     * Returns the manifests, as {@code helm template} prints them.
     *
     * @throws IllegalStateException if Helm or the chart refuses the values; the message says why
     */
    String template(Path values) {
        return new Helm(directory)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES)
                .withValuesFile(values)
                .call();
    }

    /** Returns what {@code helm install} would print, which includes the notes. */
    String install(Path values) {
        return new Helm(directory)
                .install()
                .clientOnly()
                .dryRun()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES)
                .withValuesFile(values)
                .call()
                .getOutput();
    }
}
