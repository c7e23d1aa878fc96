package dev.hasten.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Invalidates cached responses of a running server. */
@Command(
        name = "invalidate",
        description = {
            "Invalidate cached responses of a running server: by tag, by table, by Prisma model, or all of a database.",
            "It uses the admin API; the configuration must be the one that the server was started with."
        },
        mixinStandardHelpOptions = true)
final class InvalidateCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(multiplicity = "1")
    private Subject subject = new Subject();

    @Option(names = "--database", paramLabel = "DATABASE", description = "The database. Required if there are several.")
    private @Nullable String database;

    @Option(names = "--json", description = "Print the response of the admin API instead of text.")
    private boolean json;

    /** What is invalidated: exactly one of them. */
    private static final class Subject {
        @Option(
                names = "--tag",
                split = ",",
                paramLabel = "TAG",
                description = "Responses with this tag. Repeat the option or separate several tags with commas.")
        private @Nullable List<String> tags;

        @Option(
                names = "--table",
                paramLabel = "TABLE",
                description = "Responses that depend on this table, such as public.post. Repeat the option for several."
                        + " Requires cache.invalidation writes or stream.")
        private @Nullable List<String> tables;

        @Option(
                names = "--model",
                paramLabel = "MODEL",
                description = "Responses to the queries of this Prisma model, such as Post.")
        private @Nullable String model;

        @Option(names = "--all", description = "All responses.")
        private boolean all;
    }

    @Override
    public Integer call() throws IOException, ServerClientException, InterruptedException {
        try (AdminConnection server = AdminConnection.open(options, spec.commandLine())) {
            JsonNode response =
                    server.post("/cache/invalidate", JsonMapper.shared().writeValueAsString(body()));
            Output output = Output.of(spec);
            if (json) {
                output.json(response);
            } else {
                output.print("Invalidated " + what() + " of the database "
                        + response.path("database").asString("") + "." + System.lineSeparator());
            }
            return ExitCode.OK;
        }
    }

    private Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        if (database != null) {
            body.put("database", database);
        }
        if (subject.tables != null) {
            body.put("tables", subject.tables);
        } else if (subject.model != null) {
            body.put("model", subject.model);
        } else {
            body.put("tags", subject.all || subject.tags == null ? "all" : subject.tags);
        }
        return body;
    }

    private String what() {
        if (subject.tables != null) {
            return "the responses that depend on " + String.join(", ", subject.tables);
        }
        if (subject.model != null) {
            return "the responses to queries of " + subject.model;
        }
        return subject.tags == null
                ? "all responses"
                : "the responses with the tags " + String.join(", ", subject.tags);
    }
}
