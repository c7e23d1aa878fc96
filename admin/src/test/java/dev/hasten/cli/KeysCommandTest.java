package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hasten.auth.ApiKeys;
import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.config.KeyScope;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("integration")
class KeysCommandTest {
    private static final Pattern TOKEN = Pattern.compile("hasten_([a-z0-9]{8})_[A-Za-z0-9]{32}");

    @TempDir
    private Path stateDir;

    private CommandRun keys(String... arguments) {
        List<String> all = new ArrayList<>(List.of("keys"));
        all.addAll(List.of(arguments));
        all.addAll(
                List.of("--set", "state_dir=" + stateDir, "--set", "databases.app.url=postgresql://u@127.0.0.1:1/x"));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private static Matcher token(CommandRun run) {
        Matcher token = TOKEN.matcher(run.out());
        assertThat(token.find()).isTrue();
        return token;
    }

    @Test
    void aKeyIsCreatedListedAndRevoked() {
        CommandRun created = keys("create", "--name", "web app", "--expires", "30d");
        assertThat(created.status()).isZero();
        String token = token(created).group();
        String id = token(created).group(1);
        assertThat(created.out())
                .contains("Key " + id + " (web app) gives access to the database app until ")
                .contains("DATABASE_URL=\"prisma+postgres://localhost:4466/?api_key=" + token + "\"");

        CommandRun list = keys("list");
        assertThat(list.status()).isZero();
        assertThat(list.out()).doesNotContain(token);
        assertThat(list.out().lines().toList())
                .hasSize(2)
                .first()
                .asString()
                .matches("ID +NAME +DATABASE +SCOPES +CREATED +EXPIRES +STORED IN +LIMITS");
        assertThat(list.out())
                .containsPattern(
                        id + "  web app  app       prisma,sql,invalidate  2\\d{3}-\\S+Z  2\\d{3}-\\S+Z  file +-");

        assertThat(keys("revoke", id).status()).isZero();
        assertThat(keys("list").out().lines()).hasSize(1);
        CommandRun again = keys("revoke", id);
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err()).contains("no API key has the id " + id);
    }

    @Test
    void aRotatedKeyHasANewTokenAndKeepsTheOldOneForTheOverlap() {
        Matcher first =
                token(keys("create", "--name", "web app", "--requests-per-second", "5", "--bytes-per-day", "10gb"));
        String limits = "requests_per_second 5, bytes_per_day 10737418240";
        assertThat(keys("list").out()).contains("file       " + limits);
        assertThat(keys("list", "--json").out()).contains("\"limits\" : \"" + limits + "\"");
        CommandRun rotated = keys("rotate", first.group(1), "--overlap", "24h");
        assertThat(rotated.status()).as(rotated.err()).isZero();
        Matcher second = token(rotated);
        assertThat(second.group(1)).isEqualTo(first.group(1));
        assertThat(second.group()).isNotEqualTo(first.group());
        Config config = Config.load(new ConfigSources(
                null,
                Map.of(),
                Map.of("state_dir", stateDir.toString(), "databases.app.url", "postgresql://u@127.0.0.1:1/x"),
                stateDir));
        try (ApiKeys keys = KeysCommand.open(config)) {
            assertThat(keys.authenticate("Bearer " + first.group()).limits().requestsPerSecond())
                    .isEqualTo(5);
            assertThat(keys.authenticate("Bearer " + second.group()).id()).isEqualTo(first.group(1));
        }
        assertThat(keys("rotate", first.group(1), "--overlap", "31d").err()).contains("use at most 30d");
        assertThat(keys("rotate", first.group(1), "--overlap", "long").status()).isEqualTo(2);
        assertThat(keys("rotate", "unknown2").err()).contains("no API key has the id unknown2");
        assertThat(keys("rotate", first.group(1), "--json").out()).contains("\"database_url\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"--scope schema --scope prisma", "--scope=schema,prisma", "--scope schema --scope prisma,schema"})
    void aKeyHasTheRequestedScopes(String options) {
        List<String> arguments = new ArrayList<>(List.of("create", "--name", "deploys"));
        arguments.addAll(List.of(options.split(" ", -1)));
        assertThat(keys(arguments.toArray(String[]::new)).out()).contains("Scopes: prisma, schema.");
        assertThat(keys("list").out()).containsPattern("deploys  app       prisma,schema  2\\d{3}-");
    }

    @Test
    void theHelpNamesEveryScopeAndTheDefault() {
        assertThat(CommandRun.of("keys", "create", "--help").out().replaceAll("\\s+", ""))
                .contains(KeyScope.texts(List.of(KeyScope.values())))
                .contains(String.join(",", KeyScope.texts(KeyScope.DEFAULT)));
    }

    @Test
    void aRunningServerNoticesChanges() {
        Map<String, String> values = Map.of(
                "port", "0",
                "state_dir", stateDir.toString(),
                "drain_timeout", "0s",
                "databases.app.url", "postgresql://u@127.0.0.1:1/x");
        Config config = Config.load(new ConfigSources(null, Map.of(), values, stateDir));
        try (HastenServer server = HastenServer.start(config)) {
            Matcher token = token(keys("create", "--name", "late"));
            String header = "Bearer " + token.group();
            await().ignoreExceptionsInstanceOf(ApiError.class)
                    .until(() -> server.keys().authenticate(header).name().equals("late"));

            assertThat(keys("revoke", token.group(1)).status()).isZero();
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> server.keys().authenticate(header)).isInstanceOf(ApiError.class));
        }
    }

    @Test
    void aKeyOfTheConfigurationIsListedButCannotBeRevoked() {
        String[] configured = {"--set", "databases.app.keys[0].name=ops", "--set", "databases.app.keys[0].secret=s3cret"
        };

        CommandRun list = keys("list", configured[0], configured[1], configured[2], configured[3]);
        CommandRun revoke = keys("revoke", "config:ops", configured[0], configured[1], configured[2], configured[3]);

        assertThat(list.out()).contains("config:ops").contains("never").doesNotContain("s3cret");
        assertThat(revoke.status()).isEqualTo(1);
        assertThat(revoke.err()).contains("is in the configuration");
    }

    @Test
    void usageErrorsChangeNothing() {
        assertThat(keys("create").status()).isEqualTo(2);
        assertThat(keys("create", "--name", "").err()).contains("1 to 64 printable characters");
        assertThat(keys("create", "--name", "a", "--database", "b").err())
                .contains("unknown database b; known databases: app");
        assertThat(keys("create", "--name", "a", "--scope", "prisma,root").err())
                .contains("unknown scope \"root\"; allowed scopes: prisma, ");
        assertThat(keys("create", "--name", "a", "--scope", "").err()).contains("unknown scope \"\"; allowed scopes:");
        assertThat(keys("create", "--name", "a", "--expires", "never").err())
                .contains("\"never\" is not allowed as the expiry");
        assertThat(keys("create", "--name", "a", "--expires", "2020-01-01T00:00:00Z")
                        .err())
                .contains("not in the future");
        assertThat(keys("create", "--name", "a", "--set", "databases.b.url=postgresql://u@h/b")
                        .err())
                .contains(
                        "there are several databases; choose one of them with `database` (command line: --database): app, b");
        assertThat(keys("create", "--name", "a", "--bytes-per-day", "10tb").err())
                .contains("'10tb' is not a size such as 64kb, 5mb, 1gb or a number of bytes");
        assertThat(keys("revoke").status()).isEqualTo(2);
        assertThat(keys().status()).isEqualTo(2);
        assertThat(keys("create", "--name", "a", "--set", "http.max_body_bytes=1pb")
                        .status())
                .isEqualTo(2);
        assertThat(stateDir).isEmptyDirectory();
    }

    @Test
    void anUnreadableKeyFileIsReportedWithoutAStackTrace() throws Exception {
        Files.writeString(stateDir.resolve("keys.json"), "{");

        CommandRun list = keys("list");

        assertThat(list.status()).isEqualTo(2);
        assertThat(list.err()).startsWith("hasten: API key file ").doesNotContain("\tat ");
    }

    @Test
    void withoutADatabaseTheKeyIsForTheEmbeddedOne() {
        assertThat(CommandRun.of("keys", "create", "--name", "first", "--set", "state_dir=" + stateDir)
                        .out())
                .contains("gives access to the database default and never expires");
    }
}
