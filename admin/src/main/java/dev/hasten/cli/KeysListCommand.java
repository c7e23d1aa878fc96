package dev.hasten.cli;

import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.config.KeyScope;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the API keys. Tokens cannot be listed because they are not stored. */
@Command(name = "list", description = "List the API keys, without their tokens.", mixinStandardHelpOptions = true)
final class KeysListCommand implements Callable<Integer> {
    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Print JSON instead of text.")
    private boolean json;

    /** A key as JSON. */
    private record Listed(
            String id,
            String name,
            String database,
            List<String> scopes,
            @Nullable String created,
            @Nullable String expires,
            boolean expired,
            @Nullable String limits,
            String source) {}

    @Override
    public Integer call() {
        TextTable table =
                new TextTable("ID", "NAME", "DATABASE", "SCOPES", "CREATED", "EXPIRES", "STORED IN", "LIMITS");
        Instant now = Instant.now();
        try (ApiKeys keys = KeysCommand.open(KeysCommand.config(options, spec.commandLine()))) {
            if (json) {
                Output.of(spec)
                        .json(keys.list().stream().map(key -> listed(key, now)).toList());
                return 0;
            }
            keys.list().forEach(key -> table.row(row(key, now)));
        }
        Output.of(spec).print(table);
        return 0;
    }

    private static Listed listed(ApiKey key, Instant now) {
        return new Listed(
                key.id(),
                key.name(),
                key.database(),
                KeyScope.texts(key.scopes()),
                key.created() == null ? null : key.created().toString(),
                key.expires() == null ? null : key.expires().toString(),
                key.expired(now),
                key.limits().isNone() ? null : key.limits().described(),
                key.source().name().toLowerCase(Locale.ROOT));
    }

    private static List<String> row(ApiKey key, Instant now) {
        return List.of(
                key.id(),
                key.name(),
                key.database(),
                String.join(",", KeyScope.texts(key.scopes())),
                time(key.created(), "-"),
                (key.expired(now) ? "EXPIRED " : "") + time(key.expires(), "never"),
                key.source().name().toLowerCase(Locale.ROOT),
                key.limits().isNone() ? "-" : key.limits().described());
    }

    private static String time(@Nullable Instant time, String absent) {
        return time == null ? absent : time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
