package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
    @TempDir
    private Path directory;

    private Sources sources;

    @BeforeEach
    void startWithNothing() {
        sources = new Sources(directory);
    }

    @Test
    void withoutAnySourceEveryKeyHasItsDefault() {
        Config config = sources.load();
        assertThat(config.server())
                .isEqualTo(new ServerConfig(
                        "0.0.0.0",
                        4466,
                        null,
                        "127.0.0.1",
                        4467,
                        null,
                        null,
                        true,
                        null,
                        "local",
                        directory.resolve(".hasten"),
                        Duration.ZERO,
                        Duration.ofSeconds(30)));
        assertThat(config.tls()).isEqualTo(new TlsConfig(null, null, null, false));
        assertThat(config.tls().enabled()).isFalse();
        assertThat(config.http())
                .isEqualTo(new HttpConfig(
                        16 << 10,
                        16 << 20,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        8 << 10,
                        Duration.ofSeconds(75),
                        10_000,
                        100,
                        10_000,
                        null,
                        false,
                        0,
                        500,
                        4_000_000,
                        null));
        assertThat(config.http().eventLoopThreads()).isPositive();
        assertThat(config.log())
                .isEqualTo(new LogConfig(
                        LogConfig.Format.TEXT, LogConfig.Level.INFO, Duration.ofSeconds(1), false, false, 10));
        assertThat(config.keysFile()).isEqualTo(directory.resolve(".hasten/keys.json"));
        assertThat(config.databases()).isEmpty();
    }

    @Test
    void aDatabaseOnlyNeedsAUrl() {
        DatabaseConfig database = database(sources.env("HASTEN_DATABASES_APP_URL", Sources.URL), "app");
        assertThat(database.name()).isEqualTo("app");
        assertThat(database.pool())
                .isEqualTo(new PoolConfig(
                        10,
                        2,
                        Duration.ofSeconds(10),
                        1000,
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(30),
                        PoolConfig.Reset.AUTO,
                        500));
        assertThat(database.limits())
                .isEqualTo(new LimitsConfig(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(2),
                        0,
                        5 << 20,
                        10 << 20,
                        Duration.ofMinutes(5),
                        0,
                        0));
        assertThat(database.maxTransactions()).isEqualTo(8);
        assertThat(database.limits().resultLimitBytes()).isEqualTo(40 << 20);
        assertThat(database.keys()).isEmpty();
    }

    /** More than the 3 million characters that YAML parsers accept by default. */
    @Test
    void fileMayHaveManyKeys() {
        StringBuilder yaml = new StringBuilder("databases:\n  app:\n    url: " + Sources.URL + "\n    keys:\n");
        for (int i = 0; i < 35_000; i++) {
            yaml.append("      - {name: key-%d, sha256: \"%064x\"}\n".formatted(i, i));
        }
        assertThat(yaml.length()).isGreaterThan(3 << 20);
        assertThat(database(sources.yaml(yaml.toString()), "app").keys()).hasSize(35_000);
    }

    @Test
    void flagOverridesEnvironmentOverridesFileOverridesDefault() {
        assertThat(sources.load().server().port()).isEqualTo(4466);
        assertThat(sources.yaml("port: 1001").load().server().port()).isEqualTo(1001);
        assertThat(sources.env("HASTEN_PORT", "1002").load().server().port()).isEqualTo(1002);
        assertThat(sources.flag("port", "1003").load().server().port()).isEqualTo(1003);
    }

    @Test
    void theFileCanBeNamedByTheEnvironmentAndAFlagOverridesThat() {
        sources.write("one.yaml", "region: one").env("HASTEN_CONFIG", "one.yaml");
        assertThat(sources.load().server().region()).isEqualTo("one");
        assertThat(sources.file("two.yaml", "region: two").load().server().region())
                .isEqualTo("two");
    }

    @Test
    void everyScalarKeyCanBeSetByEnvironmentFlagAndFile() {
        for (Key key : ConfigKeys.ALL) {
            String path = key.path("my-app");
            if (!key.scalar() || key.setting().readable()) {
                continue;
            }
            String text = switch (key.type()) {
                case ValueType.Url _ -> Sources.URL;
                case ValueType.NetworkList _ -> "10.0.0.0/8";
                case ValueType.SecretText _ -> "some=secret-text";
                default -> key.defaultText().orElse("https://some-text");
            };
            for (Sources source : new Sources[] {
                new Sources(directory).env(Key.variable(path), text),
                new Sources(directory).flag(path, text),
                new Sources(directory).yaml(path + ": \"" + text + "\"")
            }) {
                if (key.perDatabase() && !path.equals("databases.my-app.url")) {
                    source.env("HASTEN_DATABASES_MY_APP_URL", Sources.URL);
                }
                assertThat(source.load().values().origin(path))
                        .as(path)
                        .hasValueSatisfying(origin -> assertThat(origin).isNotInstanceOf(Origin.Default.class));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HASTEN_DATABASES_APP_URL, app",
        "HASTEN_DATABASES_MY_APP_URL, my-app",
        "HASTEN_DATABASES_APP_POOL_URL, app-pool",
        "DATABASE_URL, default",
    })
    void aUrlInTheEnvironmentIsEnoughForADatabase(String variable, String database) {
        assertThat(sources.env(variable, Sources.URL).load().databases()).containsOnlyKeys(database);
    }

    @Test
    void theEnvironmentSetsOneKeyOfADatabaseInTheFile() {
        sources.yaml("databases: {app: {url: '" + Sources.URL + "', pool: {size: 5, queue: 7}}}")
                .env("HASTEN_DATABASES_APP_POOL_SIZE", "20");
        assertThat(database(sources, "app").pool().size()).isEqualTo(20);
        assertThat(database(sources, "app").pool().maxWaiting()).isEqualTo(7);
    }

    @Test
    void theSpecificVariableOverridesTheAliasOfTheDefaultUrl() {
        sources.env("DATABASE_URL", Sources.URL).env("HASTEN_DATABASES_DEFAULT_URL", "postgres://u@other/x");
        assertThat(database(sources, "default").url().database()).isEqualTo("x");
    }

    @Test
    void anEmptyVariableIsTreatedAsUnset() {
        Config config = sources.env("HASTEN_PORT", "")
                .env("HASTEN_API_KEY", "")
                .env("DATABASE_URL", "")
                .load();
        assertThat(config.server().port()).isEqualTo(4466);
        assertThat(config.databases()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "HASTEN_PORT, tcp://10.0.0.1:4466",
        "HASTEN_ADMIN_PORT, tcp://10.0.0.1:4467",
        "HASTEN_PORT_4466_TCP, tcp://10.0.0.1:4466",
        "HASTEN_PORT_4466_TCP_ADDR, 10.0.0.1",
        "HASTEN_ADMIN_PORT_4467_TCP_PROTO, tcp",
        "HASTEN_SERVICE_HOST, 10.0.0.1",
        "HASTEN_SERVICE_PORT_HTTP, 4466",
        "HASTEN_ADMIN_SERVICE_PORT, 4467",
    })
    void theVariablesOfAKubernetesServiceCalledHastenAreIgnored(String variable, String value) {
        assertThat(sources.env(variable, value).load().server().port()).isEqualTo(4466);
    }

    @Test
    void theVariablesOfTheLauncherAreIgnored() {
        sources.env("HASTEN_JAVA_OPTS", "-Xmx1g").env("PATH", "/bin");
        assertThat(sources.load().databases()).isEmpty();
    }

    @Test
    void apiKeysAreKeptAsTheirHash() {
        DatabaseConfig database = database(sources.env("HASTEN_API_KEY", "abc").yaml("""
                        databases:
                          default:
                            url: postgres://u@h/d
                            keys:
                              - name: web
                                sha256: 0000000000000000000000000000000000000000000000000000000000000ABC
                                scopes: schema
                                expires: 2027-01-31T00:00:00Z
                              - {name: jobs, secret: xyz}
                        """), "default");
        assertThat(database.keys())
                .containsExactly(
                        new ApiKeyConfig(
                                "web",
                                "0".repeat(61) + "abc",
                                Set.of(KeyScope.SCHEMA),
                                Instant.parse("2027-01-31T00:00:00Z")),
                        new ApiKeyConfig(
                                "jobs",
                                "3608bca1e44ea6c4d268eb6db02260269892c0b42b86bbf1e77a6fa16c3c9282",
                                KeyScope.DEFAULT,
                                null),
                        new ApiKeyConfig(
                                "env",
                                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                                KeyScope.DEFAULT,
                                null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"schema | schema", "' schema , prisma,schema' | prisma,schema", "'' | prisma,sql,invalidate"})
    void theApiKeyOfTheEnvironmentHasItsOwnScopes(String variable, String scopes) {
        sources.env("DATABASE_URL", Sources.URL).env("HASTEN_API_KEY", "abc").env("HASTEN_API_KEY_SCOPES", variable);
        assertThat(database(sources, "default").keys().getFirst().scopes())
                .containsExactlyElementsOf(KeyScope.parse(List.of(scopes.split(",", -1))));
        assertThat(sources.load().describe()).contains("scopes: ").contains(scopes);
    }

    @Test
    void keysOverridePoolSettingsOfTheUrl() {
        String url = "postgres://u@h/d?connection_limit=3&pool_timeout=0&statement_cache_size=0";
        PoolConfig fromUrl =
                database(sources.env("DATABASE_URL", url), "default").pool();
        assertThat(fromUrl.size()).isEqualTo(3);
        assertThat(fromUrl.timeout()).isZero();
        assertThat(fromUrl.maxPreparedStatements()).isZero();

        sources.env("HASTEN_DATABASES_DEFAULT_POOL_SIZE", "4");
        assertThat(database(sources, "default").pool().size()).isEqualTo(4);
        assertThat(database(sources, "default").maxTransactions()).isEqualTo(2);
    }

    @Test
    void aPoolOfOneStillAllowsOneTransaction() {
        sources.env("DATABASE_URL", "postgres://u@h/d?connection_limit=1");
        assertThat(database(sources, "default").maxTransactions()).isEqualTo(1);
    }

    @Test
    void aDatabaseAddedAtStartGetsItsSettingsFromTheSources() {
        Config config = sources.env("HASTEN_DATABASES_DEFAULT_POOL_SIZE", "7")
                .env("HASTEN_API_KEY", "abc")
                .load();
        assertThat(config.databases()).isEmpty();

        Config extended = config.withDatabase("default", "postgres://u@localhost:5433/postgres");
        DatabaseConfig database = extended.databases().get("default");
        assertThat(database).isNotNull();
        assertThat(database.pool().size()).isEqualTo(7);
        assertThat(database.keys()).extracting(ApiKeyConfig::name).containsExactly("env");
        assertThat(extended.server()).isEqualTo(config.server());
    }

    @Test
    void relativePathsAreRelativeToTheWorkingDirectory() {
        Config config = sources.write("c.pem", "").write("k.pem", "").yaml("""
                state_dir: state
                tls: {cert: c.pem, key: k.pem}
                """).load();
        assertThat(config.tls().cert()).isEqualTo(directory.resolve("c.pem"));
        assertThat(config.tls().enabled()).isTrue();
        assertThat(config.keysFile()).isEqualTo(directory.resolve("state/keys.json"));
        assertThat(sources.env("HASTEN_KEYS_FILE", "/etc/keys.json").load().keysFile())
                .isEqualTo(Path.of("/etc/keys.json"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "'# nothing'", "'http:'", "'databases: {}'", "'http: {}'"})
    void aFileOrSectionWithoutKeysChangesNothing(String yaml) {
        assertThat(sources.yaml(yaml).load().http().maxConnections()).isEqualTo(10_000);
    }

    @Test
    void noRecordShowsASecret() {
        Config config = sources.env("HASTEN_API_KEY", "topsecret-key")
                .env("HASTEN_ADMIN_TOKEN", "topsecret-token")
                .env("DATABASE_URL", "postgres://u:topsecret-password@h/d?sslpassword=topsecret-ssl")
                .load();
        assertThat(config.toString()).doesNotContain("topsecret");
        assertThat(config.describe()).doesNotContain("topsecret");
        assertThat(config.server().adminToken()).isEqualTo(new Secret("topsecret-token"));
    }

    @Test
    void portsThatFetchRefusesAreReported() throws Exception {
        assertThat(sources.env("HASTEN_PORT", "6000").load().warnings())
                .singleElement()
                .asString()
                .startsWith("port: fetch refuses to connect to port 6000");
        assertThat(sources.env("HASTEN_PORT", "6001").load().warnings()).isEmpty();
    }

    @Test
    void warningsNameTheirDatabase() {
        assertThat(sources.env("DATABASE_URL", "postgres://u@h/d?foo=1").load().warnings())
                .containsExactly("databases.default.url: parameter foo is unknown and is ignored");
    }

    private static DatabaseConfig database(Sources sources, String name) {
        DatabaseConfig database = sources.load().databases().get(name);
        assertThat(database).isNotNull();
        return database;
    }
}
