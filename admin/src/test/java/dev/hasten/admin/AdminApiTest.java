package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.admin.RunningServer.Reply;
import dev.hasten.telemetry.HastenVersion;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.net.URI;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The admin API of a server on a real PostgreSQL. */
@Tag("integration")
class AdminApiTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final RunningServer SERVER = RunningServer.on(POSTGRES).with("pool.size", 5);

    @Test
    void healthNeedsNoToken() throws Exception {
        Reply health = SERVER.send(SERVER.admin().url() + "/health", "GET", null, null);

        assertThat(health.status()).isEqualTo(200);
        assertThat(health.body()).isEqualTo("{\"status\":\"ok\"}");
    }

    static Stream<Arguments> routesAndWrongCredentials() {
        Stream<String[]> routes = Stream.of(
                new String[] {"GET", "/metrics"},
                new String[] {"HEAD", "/metrics"},
                new String[] {"GET", "/status"},
                new String[] {"GET", "/pools"},
                new String[] {"GET", "/transactions"},
                new String[] {"GET", "/cache"},
                new String[] {"POST", "/cache/invalidate"},
                new String[] {"POST", "/schema/invalidate"},
                new String[] {"GET", "/keys"},
                new String[] {"POST", "/keys"},
                new String[] {"DELETE", "/keys/abcdefgh"});
        return routes.flatMap(route -> Stream.of(
                        null,
                        "Bearer",
                        "Bearer ",
                        "Bearer " + RunningServer.ADMIN_TOKEN + "x",
                        "Bearer " + RunningServer.ADMIN_TOKEN.substring(1),
                        "Bearer " + TestServer.KEY,
                        "Basic " + RunningServer.ADMIN_TOKEN,
                        RunningServer.ADMIN_TOKEN)
                .map(credentials -> Arguments.of(route[0], route[1], credentials)));
    }

    @ParameterizedTest
    @MethodSource("routesAndWrongCredentials")
    void everythingButHealthNeedsTheToken(String method, String path, @Nullable String header) throws Exception {
        Reply refused = SERVER.send(SERVER.admin().url() + path, method, header, null);

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(refused.header("Prisma-Error-Code")).isEqualTo("P6002");
        if (!method.equals("HEAD")) {
            assertThat(refused.json().get("code").asString()).isEqualTo("P6002");
            assertThat(refused.json().get("message").asString()).contains("admin token");
        }
    }

    @Test
    void theSchemeIsNotCaseSensitive() throws Exception {
        assertThat(SERVER.send(SERVER.admin().url() + "/pools", "GET", "bearer " + RunningServer.ADMIN_TOKEN, null)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theAdminTokenIsNotAnApiKey() throws Exception {
        assertThat(SERVER.query("GET", "/connection-info", RunningServer.ADMIN_TOKEN, null)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void metricsArePrometheusText() throws Exception {
        SERVER.query("GET", "/connection-info", TestServer.KEY, null);

        // The server counts a request after it has sent the last byte.
        await().untilAsserted(() -> {
            Reply metrics = SERVER.admin("/metrics");
            assertThat(metrics.status()).isEqualTo(200);
            assertThat(metrics.header("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
            assertThat(metrics.body())
                    .contains(
                            "# TYPE hasten_pool_max_connections gauge",
                            "hasten_pool_max_connections{database=\"default\"} 5.0")
                    .contains("route=\"/connection-info\"");
        });
    }

    @Test
    void statusShowsTheRunningServer() throws Exception {
        Instant before = Instant.now();
        Reply status = SERVER.admin("/status");
        Instant after = Instant.now();

        assertThat(status.status()).isEqualTo(200);
        assertThat(status.header("Cache-Control")).isEqualTo("no-store");
        JsonNode body = status.json();
        assertThat(body.get("version").asString()).isEqualTo(HastenVersion.text());
        Instant started = Instant.parse(body.get("started").asString());
        assertThat(started).isBefore(before);
        // The uptime is rounded down.
        assertThat(started.plusMillis(body.get("uptime_ms").asLong())).isBetween(before.minusMillis(1), after);
        assertThat(body.get("port").asInt()).isEqualTo(SERVER.server().port());
        assertThat(body.get("tls").asBoolean()).isFalse();
        assertThat(body.get("running_requests").asInt()).isZero();
        assertThat(body.at("/databases/0/database").asString()).isEqualTo("default");
        assertThat(body.at("/databases/0/server").asString())
                .isEqualTo(URI.create(POSTGRES.url()).getAuthority().replaceFirst(".*@", ""));
    }

    @Test
    void anOpenTransactionIsShownWithItsAgeAndConnection() throws Exception {
        String id = SERVER.query("POST", "/transaction/start", TestServer.KEY, "{\"timeout\":15000}")
                .json()
                .get("id")
                .asString();

        JsonNode database = SERVER.admin("/transactions").json().at("/databases/0");
        assertThat(database.get("database").asString()).isEqualTo("default");
        assertThat(database.get("open").asInt()).isOne();
        assertThat(database.get("limit").asInt()).isEqualTo(3);
        assertThat(database.at("/transactions/0/id").asString()).isEqualTo(id);
        assertThat(database.at("/transactions/0/age_ms").asLong(-1)).isNotNegative();

        JsonNode pool = SERVER.admin("/pools").json().at("/pools/0");
        assertThat(pool.get("database").asString()).isEqualTo("default");
        assertThat(pool.get("size").asInt()).isEqualTo(5);
        assertThat(pool.get("active").asInt()).isOne();
        assertThat(pool.get("total").asInt()).isBetween(1, 5);
        assertThat(pool.get("waiting").asInt()).isZero();
        assertThat(pool.at("/limits/max_waiting").asInt()).isEqualTo(1000);
        assertThat(pool.at("/limits/timeout_ms").asInt()).isEqualTo(10_000);
        assertThat(pool.at("/limits/query_timeout_ms").asInt()).isEqualTo(10_000);
        assertThat(pool.at("/limits/max_transactions").asInt()).isEqualTo(3);
        assertThat(pool.at("/limits/transaction_timeout_ms").asInt()).isEqualTo(15_000);

        SERVER.query("POST", "/transaction/" + id + "/rollback", TestServer.KEY, null);
        assertThat(SERVER.admin("/transactions").json().at("/databases/0/open").asInt())
                .isZero();
        await().untilAsserted(() -> assertThat(
                        SERVER.admin("/pools").json().at("/pools/0/active").asInt())
                .isZero());
    }

    @Test
    void aNewKeyIsValidUntilItIsRevoked() throws Exception {
        Reply created = SERVER.admin("POST", "/keys", "{\"name\":\"web app\",\"expires\":\"30d\"}");

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Cache-Control")).isEqualTo("no-store");
        String id = created.json().get("id").asString();
        String token = created.json().get("token").asString();
        assertThat(token).startsWith("hasten_" + id + "_");
        assertThat(created.json().get("database").asString()).isEqualTo("default");
        assertThat(created.json().get("scopes").toString()).isEqualTo("[\"prisma\",\"sql\",\"invalidate\"]");
        assertThat(Instant.parse(created.json().get("expires").asString())).isAfter(Instant.now());
        assertThat(SERVER.query("GET", "/connection-info", token, null).status())
                .isEqualTo(200);

        Reply list = SERVER.admin("/keys");
        assertThat(list.body()).doesNotContain(token);
        JsonNode listed = list.json()
                .get("keys")
                .valueStream()
                .filter(key -> key.get("id").asString().equals(id))
                .findFirst()
                .orElseThrow();
        assertThat(listed.get("name").asString()).isEqualTo("web app");
        assertThat(listed.get("source").asString()).isEqualTo("file");
        assertThat(listed.get("expired").asBoolean()).isFalse();

        assertThat(SERVER.admin("DELETE", "/keys/" + id, null).status()).isEqualTo(204);
        assertThat(SERVER.query("GET", "/connection-info", token, null).status())
                .isEqualTo(401);
        assertThat(SERVER.admin("DELETE", "/keys/" + id, null).status()).isEqualTo(404);
    }

    @Test
    void aKeyIsListedWithItsScopes() throws Exception {
        JsonNode created = SERVER.admin("POST", "/keys", "{\"name\":\"ci\",\"scopes\":[\"schema\",\"prisma\"]}")
                .json();
        assertThat(created.get("scopes").toString()).isEqualTo("[\"prisma\",\"schema\"]");
        assertThat(SERVER.admin("/keys")
                        .json()
                        .get("keys")
                        .valueStream()
                        .filter(key -> key.get("id").equals(created.get("id")))
                        .map(key -> key.get("scopes").toString()))
                .containsExactly("[\"prisma\",\"schema\"]");
        SERVER.admin("DELETE", "/keys/" + created.get("id").asString(), null);
    }

    @Test
    void aKeyOfTheConfigurationIsListedButCannotBeRevoked() throws Exception {
        JsonNode configured = SERVER.admin("/keys").json().at("/keys/0");
        assertThat(configured.get("source").asString()).isEqualTo("config");
        assertThat(configured.get("created").isNull()).isTrue();

        Reply refused = SERVER.admin(
                "DELETE", "/keys/" + configured.get("id").asString().replace(":", "%3A"), null);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("message").asString()).contains("configuration");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    ``                                      | one JSON object
                    {"name":                                | one JSON object
                    ["web"]                                 | one JSON object
                    {"name":"a"} {}                         | one JSON object
                    {"name":"a","name":"b"}                 | one JSON object
                    {}                                      | is missing; it must be a string
                    {"name":null}                           | is missing; it must be a string
                    {"name":7}                              | must be a string
                    {"name":""}                             | 1 to 64 printable characters
                    {"name":" a"}                           | 1 to 64 printable characters
                    {"name":"a","role":"admin"}             | unknown field `role`; allowed fields: name, database, scopes, expires, requests_per_second
                    {"name":"a","database":"other"}         | unknown database other; known databases: default
                    {"name":"a","database":true}            | must be a string
                    {"name":"a","scopes":"prisma"}          | must be a list of strings
                    {"name":"a","scopes":["prisma",1]}      | must be a list of strings
                    {"name":"a","scopes":[]}                | at least one scope; allowed scopes: prisma,
                    {"name":"a","scopes":["prisma","root"]} | unknown scope "root"; allowed scopes: prisma,
                    {"name":"a","expires":"soon"}           | "soon" is not allowed as the expiry; use a duration
                    {"name":"a","expires":"2020-01-01T00:00:00Z"} | not in the future
                    {"name":"a","expires":"0d"}             | not in the future
                    """)
    void aBadKeyRequestIsRejectedWithTheReason(String body, String told) throws Exception {
        int before = SERVER.admin("/keys").json().get("keys").size();

        Reply refused = SERVER.admin("POST", "/keys", body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("message").asString()).contains(told);
        assertThat(SERVER.admin("/keys").json().get("keys").size()).isEqualTo(before);
    }

    @Test
    void aBodyThatIsTooLargeIsNotRead() throws Exception {
        assertThat(SERVER.admin("POST", "/keys", " ".repeat(100_000)).status()).isEqualTo(413);
    }

    @Test
    void unknownPathsAndMethodsHaveDifferentErrors() throws Exception {
        assertThat(SERVER.admin("/nothing").status()).isEqualTo(404);
        assertThat(SERVER.admin("PUT", "/keys", "{}").status()).isEqualTo(405);
        assertThat(SERVER.admin("POST", "/query", "{}").status()).isEqualTo(404);
    }
}
