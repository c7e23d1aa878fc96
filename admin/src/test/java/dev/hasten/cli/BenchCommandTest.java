package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.bench.scenario.Scenario;
import dev.hasten.bench.scenario.Scenarios;
import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.config.KeyScope;
import dev.hasten.server.HastenServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("integration")
class BenchCommandTest {
    @TempDir
    private Path directory;

    private static CommandRun bench(String... arguments) {
        List<String> all = new ArrayList<>(List.of("bench"));
        all.addAll(List.of(arguments));
        return CommandRun.of(all.toArray(String[]::new));
    }

    /** All scenarios except the one with 10,000 connections, which may need more file descriptors than available. */
    private static String scenarios() {
        return String.join(
                ",",
                Scenarios.all().stream()
                        .map(Scenario::name)
                        .filter(name -> !name.equals("idle-10000"))
                        .toList());
    }

    @Test
    void everyScenarioRunsOnItsOwnServer() throws Exception {
        Path json = directory.resolve("a.json");
        Path html = directory.resolve("a.html");

        CommandRun run = bench(
                "--scenario",
                scenarios(),
                "--requests",
                "50",
                "--warmup",
                "0s",
                "--duration",
                "1m",
                "--timeout",
                "1m",
                "--connections",
                "5",
                "--json",
                json.toString(),
                "--html",
                html.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        JsonNode report = JsonMapper.shared().readTree(Files.readString(json));
        assertThat(report.path("scenarios").valueStream())
                .hasSize(Scenarios.all().size() - 1)
                .allSatisfy(scenario -> {
                    JsonNode round = scenario.path("rounds").path(0);
                    assertThat(round.path("operations").asLong())
                            .as(scenario.path("name").asString())
                            .isEqualTo(50);
                    assertThat(round.path("failed").asLong()).isZero();
                    assertThat(round.path("server").path("residentMegabytes").asDouble())
                            .isPositive();
                    assertThat(run.out()).contains(scenario.path("name").asString() + " ");
                });
        assertThat(round(report, "include").path("bodyBytes").asLong() / 50).isBetween(22_000L, 25_000L);
        assertThat(round(report, "cache-small").path("cache").path("ttl").asLong())
                .isBetween(45L, 49L);
        assertThat(round(report, "stampede").path("stampede").path("rounds").asInt())
                .isEqualTo(10);
        assertThat(round(report, "mixed").path("kinds").propertyNames()).containsExactlyInAnyOrder("read", "write");
        assertThat(round(report, "transaction").path("requests").asLong()).isEqualTo(250);
        assertThat(round(report, "idle-1000").path("idle").path("stillOpen").asLong())
                .isEqualTo(1000);
        assertThat(Files.readString(html)).contains("<svg", "id=\"include\"");

        CommandRun compared = bench("compare", json.toString(), json.toString());
        assertThat(compared.status()).isZero();
        assertThat(compared.out()).contains("find-unique", "too few rounds");
    }

    private static JsonNode round(JsonNode report, String scenario) {
        return report.path("scenarios")
                .valueStream()
                .filter(each -> each.path("name").asString().equals(scenario))
                .findFirst()
                .orElseThrow()
                .path("rounds")
                .path(0);
    }

    @Test
    void aRunningServerIsLoadedOverTlsAndItsTablesAreDroppedAfterwards() throws Exception {
        try (EmbeddedDatabase postgres = EmbeddedDatabase.start(directory);
                HastenServer server = start(postgres.url(), Map.of("tls.dev", "true"));
                var database = DriverManager.getConnection(
                        "jdbc:" + postgres.url().replace("postgres@", "") + "?user=postgres");
                var statement = database.createStatement()) {
            String url = "prisma://localhost:" + server.port() + "/?api_key=" + key(server);
            String[] arguments = {
                "--url",
                url,
                "--ca",
                Objects.requireNonNull(server.developmentCa()).toString(),
                "--scenario",
                "create",
                "--rate",
                "500",
                "--requests",
                "50",
                "--warmup",
                "0s",
                "--rounds",
                "3",
                "--connections",
                "3",
                "--event-loops",
                "2",
                "--keep"
            };

            CommandRun kept = bench(arguments);
            assertThat(kept.err()).isEmpty();
            assertThat(kept.status()).isZero();
            assertThat(kept.out()).contains("500.0 operations arrive each second", "Medians of 3 rounds:");
            assertThat(kept.out()).doesNotContain(key(server));
            var events = statement.executeQuery("SELECT count(*) FROM hasten_bench_event");
            events.next();
            assertThat(events.getInt(1)).isEqualTo(150);

            // The command replaces tables of an earlier run, but not a table that it has not created.
            assertThat(bench(java.util.Arrays.copyOf(arguments, arguments.length - 1))
                            .status())
                    .isZero();
            var left = statement.executeQuery("SELECT count(*) FROM pg_class WHERE relname LIKE 'hasten_bench%'");
            left.next();
            assertThat(left.getInt(1)).isZero();
            statement.execute("CREATE TABLE hasten_bench_post (precious int)");
            CommandRun refused = bench(arguments);
            assertThat(refused.status()).isOne();
            assertThat(refused.err()).contains("a table hasten_bench_post that `hasten bench` did not create");
            statement.execute("TABLE hasten_bench_post");
        }
    }

    @Test
    void failuresAreShownAndFailTheCommand() throws Exception {
        try (EmbeddedDatabase postgres = EmbeddedDatabase.start(directory);
                HastenServer server = start(postgres.url(), Map.of("databases.default.cache.enabled", "false"))) {
            CommandRun run = bench(
                    "--url",
                    "http://localhost:" + server.port(),
                    "--key",
                    key(server),
                    "--scenario",
                    "cache-small",
                    "--requests",
                    "10",
                    "--warmup",
                    "0s");

            assertThat(run.status()).isOne();
            assertThat(run.out()).contains("FAILED 10 times: 200, but with accelerate-cache-status none");
        }
    }

    private HastenServer start(String databaseUrl, Map<String, String> settings) {
        Map<String, String> values = new java.util.HashMap<>(Map.of(
                "host", "127.0.0.1",
                "port", "0",
                "state_dir", directory.toString(),
                "drain_timeout", "0s",
                "databases.default.url", databaseUrl));
        values.putAll(settings);
        return HastenServer.start(Config.load(new ConfigSources(null, Map.of(), values, directory)));
    }

    private static String key(HastenServer server) {
        return server.keys()
                .create("bench", "default", Set.of(KeyScope.PRISMA, KeyScope.INVALIDATE), null)
                .token();
    }

    @Test
    void theScenariosAreListed() {
        CommandRun run = bench("--list");

        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).hasSize(Scenarios.all().size() + 1);
    }

    @Test
    void anUnreachableServerIsReported() {
        CommandRun run = bench("--url", "http://localhost:1", "--key", "s3cret");

        assertThat(run.status()).isOne();
        assertThat(run.err())
                .contains("no response from http://localhost:1")
                .contains("is the server running?")
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--url postgresql://u:s3cret@h/db        | --url: invalid URL; use prisma+postgres://HOST",
                "--url http://h                          | --url requires an API key",
                "--key s3cret                            | --key, --ca and --pid require --url",
                "--url http://h --key s3cret --set a=b   | --set cannot be used with --url",
                "--url http://h --key s3crét             | the API key contains characters that are not allowed",
                "--url http://h --key s3cret --pid 0     | --pid: no such process: 0",
                "--scenario find-all                     | --scenario: unknown scenario find-all; `hasten bench"
                        + " --list`",
                "--connections 0                         | --connections: the value is not allowed; use 1 to 20000",
                "--rate -1                               | --rate: the value is not allowed; use 0 to 1000000",
                "--duration 10                           | '10' is not a duration such as 250ms, 10s, 2m or 1h",
                "--duration 2h                           | --duration: the value is not allowed; use 1ms to 1h",
                "--requests -1                           | --requests: the value is not allowed; use 0 or more",
                "--rounds 26                             | --rounds: the value is not allowed; use 1 to 25",
                "--zipf 11                               | --zipf: the value is not allowed; use 0 to 10",
                "--json /nowhere/at/all.json             | --json: /nowhere/at/all.json cannot be written",
                "compare a.json                          | Missing required parameter: 'B.json'"
            })
    void usageErrorsDoNotShowTheKey(String arguments, String told) {
        CommandRun run = bench(arguments.split(" +", -1));

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(told).doesNotContain("s3cr");
    }

    @Test
    void aFileThatIsNotAReportIsNamed() {
        CommandRun run = bench("compare", "none.json", "none.json");

        assertThat(run.status()).isOne();
        assertThat(run.err()).contains("hasten: the file none.json cannot be read as a report");
    }
}
