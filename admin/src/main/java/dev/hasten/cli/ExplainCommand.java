package dev.hasten.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URLEncoder;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Asks a running server why a response is or is not cached. */
@Command(
        name = "explain",
        description = {
            "Explain how a running server caches a request, a query or a SQL statement: whether, and why not, what it"
                    + " depends on, and what invalidated it last.",
            "It uses the admin API; the configuration must be the one that the server was started with."
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    private static final String REQUEST_ID = "[0-9a-fA-F]{16}(-.*)?";
    private static final String SIGNATURE = "[0-9a-fA-F]{64}";

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "WHAT",
            description = "The id of a request (x-request-id or cf-ray of its response), the signature of a query"
                    + " (accelerate-signature), or a SQL statement, which is planned but not run.")
    private String what = "";

    @Option(
            names = "--database",
            paramLabel = "DATABASE",
            description = "The database. Required for signatures and SQL if there are several.")
    private @Nullable String database;

    @Option(names = "--json", description = "Print the response of the admin API instead of text.")
    private boolean json;

    @Override
    public Integer call() throws IOException, ServerClientException, InterruptedException {
        String path = "/cache/explain?" + subject(what.strip()) + "=" + encoded(what.strip())
                + (database == null ? "" : "&database=" + encoded(database));
        try (AdminConnection server = AdminConnection.open(options, spec.commandLine())) {
            JsonNode explanation = server.get(path);
            Output output = Output.of(spec);
            if (json) {
                output.json(explanation);
            } else {
                output.print(ExplanationText.of(explanation));
            }
            return ExitCode.OK;
        }
    }

    private String subject(String text) {
        if (text.matches(REQUEST_ID)) {
            return "request";
        }
        if (text.matches(SIGNATURE)) {
            return "signature";
        }
        // Without white space, it can only be an id that the client has chosen (X-Request-Id).
        return text.codePoints().anyMatch(Character::isWhitespace) ? "sql" : "request";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
