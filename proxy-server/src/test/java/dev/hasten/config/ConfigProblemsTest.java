package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("integration")
class ConfigProblemsTest {
    private static final String APP = "databases: {app: {url: 'postgres://u@h/d', ";

    @TempDir
    private Path directory;

    private Sources sources;

    @BeforeEach
    void startWithNothing() {
        sources = new Sources(directory);
    }

    @Test
    void allProblemsOfAllSourcesAreReportedTogether() {
        sources.yaml("""
                port: 99999
                regoin: here
                http:
                  body_timeout: 10
                databases:
                  Bad_Name: {url: 'mysql://u:s3cret@h/d'}
                """);
        sources.env("HASTEN_ADMIN_PROT", "1").flag("log.levl", "info").env("HASTEN_HTTP_THREADS", "-1");
        assertThat(sources.problems())
                .containsExactlyInAnyOrder(
                        "HASTEN_ADMIN_PROT: unknown variable; the closest match is HASTEN_ADMIN_PORT (env"
                                + " HASTEN_ADMIN_PROT)",
                        "regoin: unknown key; the closest match is region (hasten.yaml:2)",
                        "log.levl: unknown key; the closest match is log.level (command line)",
                        "port: \"99999\" is not allowed: use a whole number from 1 to 65535, or 0 = any free port"
                                + " (hasten.yaml:1)",
                        "http.body_timeout: \"10\" is not allowed: the unit is missing; use a duration such as 250ms,"
                                + " 10s, 2m or 1h, from 1ms to 24h (hasten.yaml:4)",
                        "http.threads: \"-1\" is not allowed: use a whole number from 1 to 1024, or 0 = one per core"
                                + " (env HASTEN_HTTP_THREADS)",
                        "databases.Bad_Name: \"Bad_Name\" is not allowed: use a lower-case letter followed by up to 31 of"
                                + " a-z, 0-9 and - (hasten.yaml:6)",
                        "databases.Bad_Name.url: \"****\" is not allowed: it must start with postgresql:// or postgres://;"
                                + " the format is postgresql://user:password@host:5432/database (hasten.yaml:6)");
    }

    @Test
    void theMessageOfTheExceptionIsOneProblemPerLine() {
        sources.env("HASTEN_PORT", "x").env("HASTEN_ADMIN_PORT", "y");
        assertThatThrownBy(sources::load)
                .isInstanceOf(ConfigException.class)
                .message()
                .hasLineCount(2);
    }

    @ParameterizedTest
    @CsvSource({
        "otlp.endpoint, http://user:secret@host, without a user",
        "otlp.endpoint, http://%zz, use a URL with a host",
        "otlp.endpoint, HTTP://user:secret@host, use a URL with a host",
        "otlp.endpoint, user:secret@host, use a URL with a host",
        "otlp.endpoint, https://host/?key=secret, use a URL with a host",
        "otlp.headers, a=secret%zz, not percent-encoded correctly",
        "otlp.headers, a=secret%0d%0a, visible ASCII characters",
        "otlp.endpoint, http://host:99999, use a URL with a host",
        "otlp.headers, Host=secret, the header Host is set by Hasten",
    })
    void aRejectedValueThatMayContainASecretIsNotShown(String key, String value, String allowed) {
        sources.flag(key, value);
        assertThat(sources.problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.toString()).contains(key, allowed).doesNotContain("secret", "%zz"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port | 65536 | a whole number from 1 to 65535",
                "port | 99999999999999999999 | a whole number",
                "region | Europe | use 1 to 32 of a-z, 0-9 and `-`",
                "host | a b | text without spaces",
                "log.format | xml | text or json",
                "log.level | loud | trace, debug, info, warn or error",
                "log.query_parameters | yes | true or false",
                "tls.dev | 1 | true or false",
                "tls.cert | nowhere.pem | not found or not readable",
                "http.trusted_proxies | proxy.internal | use IP addresses or networks",
                "http.proxy_protocol | true | set http.trusted_proxies",
                "drain_timeout | 30 | the unit is missing",
                "drain_timeout | 1d | a duration such as",
                "http.head_timeout | 0s | from 1ms to 24h",
                "http.max_body_bytes | 2gb | from 1kb to 1gb",
                "http.max_body_bytes | 1tb | a size such as 64kb",
                "http.max_body_bytes | 9999999999999gb | a size such as 64kb",
                "databases.app.pool.size | 0 | a whole number from 1 to 1000",
                "databases.app.pool.max_lifetime | 5s | from 30s to 24h, or 0s = never",
                "databases.app.pool.reset | maybe | auto, always or never",
            })
    void aRejectedValueIsShownWithWhatIsAllowed(String key, String value, String allowed) {
        sources.env("HASTEN_DATABASES_APP_URL", "postgres://u@h/d").flag(key, value);
        assertThat(sources.problems())
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith(key + ": \"" + value + "\" is not allowed")
                        .contains(allowed)
                        .endsWith("(command line)"));
    }

    @ParameterizedTest
    @CsvSource({
        "HASTEN_PROT, HASTEN_PORT",
        "HASTEN_TLS_CRT, HASTEN_TLS_CERT",
        "HASTEN_DATABASES_APP_POOL_SIZ, HASTEN_DATABASES_APP_POOL_SIZE",
        "HASTEN_DATABASES_APP_POL_SIZE, HASTEN_DATABASES_APP_POOL_SIZE",
        "HASTEN_DATABASE_URL, HASTEN_DATABASES_APP_URL",
        "HASTEN_APIKEY, HASTEN_API_KEY",
        "HASTEN_API_KEY_SCOPE, HASTEN_API_KEY_SCOPES",
        "HASTEN_CONFG, HASTEN_CONFIG",
    })
    void anUnknownVariableIsReportedWithTheMostSimilarOne(String variable, String nearest) {
        sources.env("HASTEN_DATABASES_APP_URL", "postgres://u@h/d").env(variable, "s3cret");
        assertThat(sources.problems())
                .containsExactly(
                        variable + ": unknown variable; the closest match is " + nearest + " (env " + variable + ")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'port: 1, ports: s3cret' | ports: unknown key; the closest match is port",
                "'http: {body_byte: 1}' | http.body_byte: unknown key; the closest match is http.max_body_bytes",
                "'port: [1, 2]' | port[0]: the key takes a single value, not a list",
                "'port: []' | port: the key has no value; set one or remove the key",
                "'port:' | port: the key has no value; set one or remove the key",
                "'http: 5' | http: this is a section and has no value of its own; set its keys below it",
                "'databases: s3cret' | databases: this is a section and has no value of its own; set its keys below it",
                "'databases: {app: s3cret}' | databases.app: this is a section and has no value of its own; set its"
                        + " keys below it",
                "'databases: {\"\": {url: x}}' | databases..url: unknown key",
                "'databases: {app: }' | databases.app.url: the database has no URL; set it here or in"
                        + " HASTEN_DATABASES_APP_URL",
                "'databases: {app: {pool: {size: 3}}}' | databases.app.url: the database has no URL",
                "'port: 1, port: 2' | port: the key is set twice; the first is at hasten.yaml:1",
                "'http: {threads: 1}, http: {}' | http: the key is set twice; the first is at hasten.yaml:1",
                "'databases: {a: {url: x}, a: {keys: [b]}}' | databases.a: the key is set twice; the first is at hasten.yaml:1",
                "'http: {threads: 1}, http.threads: 2' | http.threads: the key is set twice",
                "'port: &p 1, admin_port: *p' | admin_port: YAML aliases (*name) are not supported",
            })
    void aMistakeInTheFileIsReportedWithItsLine(String yaml, String problem) {
        sources.yaml("{" + yaml + "}");
        assertThat(sources.problems())
                .anySatisfy(found -> assertThat(found).startsWith(problem).endsWith("(hasten.yaml:1)"))
                .noneSatisfy(found -> assertThat(found).contains("s3cret"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a: [s3cret' | the file is not valid YAML",
                "'a: s3cret: s3cret' | the file is not valid YAML",
                "'a: s3cret\u0001' | the file is not valid YAML",
                "'- a' | the file must be a mapping of keys to values",
                "'text' | the file must be a mapping of keys to values",
            })
    void aFileThatIsNotAMappingIsReportedWithoutQuotingIt(String yaml, String problem) {
        sources.yaml(yaml);
        assertThat(sources.problems())
                .singleElement()
                .satisfies(found ->
                        assertThat(found).startsWith("hasten.yaml: " + problem).doesNotContain("s3cret"));
    }

    @Test
    void aSecondDocumentInTheFileIsRefused() {
        assertThat(sources.yaml("port: 1\n---\nport: 2\n").problems())
                .singleElement()
                .asString()
                .contains("one YAML document");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        assertThat(sources.missingFile("gone.yaml").problems())
                .containsExactly("gone.yaml: file not found (gone.yaml)");
        assertThat(sources.missingFile(".").problems())
                .containsExactly(".: the file cannot be read: Is a directory (.)");
        Files.write(directory.resolve("latin1.yaml"), new byte[] {'a', (byte) 0xe4});
        assertThat(sources.missingFile("latin1.yaml").problems())
                .containsExactly("latin1.yaml: the file is not UTF-8 text (latin1.yaml)");
    }

    @Test
    void certificateAndKeyAreBothRequiredAndExcludeTheDevelopmentCertificate() {
        sources.write("a.pem", "").flag("tls.cert", "a.pem");
        assertThat(sources.problems())
                .singleElement()
                .asString()
                .startsWith("tls.key: tls.cert requires a private key");
        sources.flag("tls.key", "a.pem").flag("tls.dev", "true");
        assertThat(sources.problems()).singleElement().asString().startsWith("tls.dev: \"true\" is not allowed");
        assertThat(new Sources(directory).flag("tls.key", "a.pem").problems())
                .singleElement()
                .asString()
                .startsWith("tls.cert: tls.key requires a certificate");
    }

    @Test
    void bothPortsCannotBeTheSameOnOneAddress() {
        assertThat(sources.env("HASTEN_ADMIN_PORT", "4466").problems())
                .singleElement()
                .asString()
                .startsWith("admin_port: \"4466\" is not allowed: the key port has the same value");
        assertThat(sources.env("HASTEN_HOST", "10.0.0.1").load().server().adminPort())
                .isEqualTo(4466);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'{name: a}' | databases.app.keys[0]: the API key has neither secret nor sha256",
                "'{name: a, secret: x, sha256: y}' | databases.app.keys[0]: the API key has both secret and sha256",
                "'{secret: x}' | databases.app.keys[0].name: the API key has no name",
                "'{name: \" a\", secret: x}' | 'databases.app.keys[0].name: \" a\" is not allowed'",
                "'{name: a, secret: \"s3cret s3cret\"}' | 'databases.app.keys[0].secret: \"****\" is not allowed'",
                "'{name: a, sha256: s3cret}' | 'databases.app.keys[0].sha256: \"****\" is not allowed'",
                "'{name: a, secret: x, expires: tomorrow}' | 'databases.app.keys[0].expires: \"tomorrow\" is not"
                        + " allowed: use an ISO-8601 instant'",
                "'{name: a, secret: x}, {name: a, secret: y}' | 'databases.app.keys: \"a\" is not allowed: two API"
                        + " keys have this name'",
                "'{name: a, secret: x}, {name: b, secret: x}' | 'databases.app.keys: \"b\" is not allowed: this API"
                        + " key has the same secret as the API key app/a'",
                "'{name: a, secret: x, scopes: \"prisma,root\"}' | 'databases.app.keys[0].scopes: \"prisma,root\" is"
                        + " not allowed: unknown scope \"root\"; allowed scopes: prisma, '",
                "'{name: a, secret: x, scopes: \"prisma,\"}' | 'databases.app.keys[0].scopes: \"prisma,\" is not"
                        + " allowed: unknown scope \"\"; allowed scopes:'",
                "'{name: a, secret: x, scopes: \"\"}' | 'databases.app.keys[0].scopes: \"\" is not allowed'",
                "'{name: a, secret: x, scopes: [prisma]}' | databases.app.keys[0].scopes[0]: the key takes a single"
                        + " value",
                "'s3cret' | databases.app.keys[0]: this is a section",
                "'{name: a, secert: s3cret}' | databases.app.keys[0].secert: unknown key; the closest match is"
                        + " databases.app.keys[].secret",
            })
    void aWrongApiKeyIsNamedByItsPosition(String keys, String problem) {
        sources.yaml(APP + "keys: [" + keys + "]}}");
        assertThat(sources.problems())
                .anySatisfy(found -> assertThat(found).startsWith(problem))
                .noneSatisfy(found -> assertThat(found).contains("s3cret"));
    }

    @Test
    void oneSecretCannotBelongToTwoDatabases() {
        sources.yaml("""
                databases:
                  a: {url: 'postgres://u@h/a', keys: [{name: one, secret: x}]}
                  b: {url: 'postgres://u@h/b', keys: [{name: two, secret: x}]}
                """);
        assertThat(sources.problems()).singleElement().asString().contains("the same secret as the API key a/one");
    }

    @Test
    void theApiKeyOfTheEnvironmentNeedsTheDefaultDatabase() {
        sources.yaml(APP + "}}").env("HASTEN_API_KEY", "s3cret");
        assertThat(sources.problems())
                .containsExactly("databases.default.url: the database has no URL; set it here or in"
                        + " HASTEN_DATABASES_DEFAULT_URL (env HASTEN_API_KEY)");
    }

    @Test
    void scopesInTheEnvironmentRequireAnApiKeyAndMustBeKnown() {
        sources.yaml(APP + "}}").env("HASTEN_API_KEY_SCOPES", "prisma");
        assertThat(sources.problems())
                .containsExactly(
                        "HASTEN_API_KEY_SCOPES: the API key for these scopes is missing; set HASTEN_API_KEY as well"
                                + " (env HASTEN_API_KEY_SCOPES)");
        sources.env("DATABASE_URL", "postgres://u@h/d")
                .env("HASTEN_API_KEY", "s3cret")
                .env("HASTEN_API_KEY_SCOPES", "all");
        assertThat(sources.problems())
                .singleElement()
                .asString()
                .startsWith("databases.default.keys[env].scopes: \"all\" is not allowed: unknown scope \"all\"; allowed"
                        + " scopes: prisma, ")
                .endsWith(" (env HASTEN_API_KEY_SCOPES)");
    }

    @Test
    void settingsOfTheEmbeddedDatabaseAreCheckedBeforeItStarts() {
        sources.env("HASTEN_DATABASES_DEFAULT_POOL_SIZE", "many");
        assertThat(sources.problems())
                .singleElement()
                .asString()
                .startsWith("databases.default.pool.size: \"many\" is not allowed");
    }

    @Test
    void transactionsCannotOutnumberConnections() {
        sources.yaml(APP + "pool: {size: 3}, limits: {transactions: 4}}}");
        assertThat(sources.problems())
                .containsExactly(
                        "databases.app.limits.max_transactions: \"4\" is not allowed: must not exceed pool.size, which is 3"
                                + " (hasten.yaml:1)");
    }

    @Test
    void aMissingCertificateOfADatabaseIsNamed() {
        sources.env("DATABASE_URL", "postgres://u:s3cret@h/d?sslrootcert=gone.pem");
        assertThat(sources.problems())
                .containsExactly(
                        "databases.default.url: parameter sslrootcert: file not found or not readable: gone.pem (env"
                                + " DATABASE_URL)");
    }
}
