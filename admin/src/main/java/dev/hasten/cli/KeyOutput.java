package dev.hasten.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.hasten.auth.ApiKey;
import dev.hasten.auth.CreatedKey;
import dev.hasten.config.Config;
import dev.hasten.config.KeyScope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Prints a key with its new token. */
record KeyOutput(CommandSpec spec, Config config) {

    /** The key as JSON. */
    record WithToken(
            String id,
            String name,
            String database,
            List<String> scopes,
            @Nullable String expires,
            String token,
            @JsonProperty("database_url") String databaseUrl) {}

    void print(CreatedKey created, boolean json) {
        ApiKey key = created.key();
        int port = config.server().port();
        String url = ClientUrl.of(config.tls(), port == 0 ? "PORT" : Integer.toString(port), created.token());
        Output output = Output.of(spec);
        if (json) {
            output.json(new WithToken(
                    key.id(),
                    key.name(),
                    key.database(),
                    KeyScope.texts(key.scopes()),
                    text(key.expires()),
                    created.token(),
                    url));
            return;
        }
        output.print("""
                Key %s (%s) gives access to the database %s%s
                Scopes: %s.
                The token is shown only once:

                  %s

                DATABASE_URL="%s"
                """.formatted(
                        key.id(),
                        key.name(),
                        key.database(),
                        key.expires() == null ? " and never expires." : " until " + key.expires() + ".",
                        String.join(", ", KeyScope.texts(key.scopes())),
                        created.token(),
                        url));
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
