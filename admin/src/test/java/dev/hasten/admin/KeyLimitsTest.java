package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.admin.RunningServer.Reply;
import dev.hasten.testing.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Limits, use and rotation of keys, with real requests. */
@Tag("integration")
class KeyLimitsTest {
    private static final String QUERY = "{\"query\":\"SELECT 1\",\"params\":[]}";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @RegisterExtension
    static final RunningServer SERVER = RunningServer.on(POSTGRES).with("limits.query_timeout", "50s");

    private static JsonNode created(String body) throws Exception {
        Reply created = SERVER.admin("POST", "/keys", body);
        assertThat(created.status()).as(created.body()).isEqualTo(201);
        return created.json();
    }

    private static Reply sql(String token) throws Exception {
        return SERVER.query("POST", "/sql", token, QUERY);
    }

    private static JsonNode listed(String id) throws Exception {
        return SERVER.admin("/keys")
                .json()
                .get("keys")
                .valueStream()
                .filter(key -> key.get("id").stringValue().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aKeyAboveItsRateGets429WithTheTimeToWait() throws Exception {
        JsonNode key = created("{\"name\":\"slow\",\"requests_per_second\":1,\"burst\":3}");
        String token = key.get("token").stringValue();
        Reply first = sql(token);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("ratelimit-policy")).isEqualTo("\"second\";q=3;w=3");
        assertThat(first.header("ratelimit")).matches("\"second\";r=[012];t=[123]");
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            replies.add(sql(token));
        }
        Reply refused = replies.stream()
                .filter(reply -> reply.status() == 429)
                .findFirst()
                .orElseThrow();
        assertThat(refused.header("retry-after")).isEqualTo("1");
        assertThat(refused.header("ratelimit")).isEqualTo("\"second\";r=0;t=1");
        assertThat(refused.json().get("message").stringValue()).contains("more requests than its burst of 3 at once");
        String id = key.get("id").stringValue();
        assertThat(listed(id).at("/usage/refused").asInt()).isPositive();
        assertThat(SERVER.admin("/metrics").body())
                .contains("hasten_key_refused_requests_total{database=\"default\",key=\"" + id + "\",name=\"slow\"}");
    }

    @Test
    void aDailyQuotaIsUsedUpAndTheUseIsShown() throws Exception {
        JsonNode key = created("{\"name\":\"daily\",\"requests_per_day\":2,\"bytes_per_month\":100000}");
        String token = key.get("token").stringValue();
        assertThat(sql(token).status()).isEqualTo(200);
        assertThat(sql(token).status()).isEqualTo(200);
        Reply refused = sql(token);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 86_401);
        assertThat(refused.header("ratelimit-policy"))
                .isEqualTo("\"day\";q=2;w=86400, \"month-bytes\";q=100000;qu=\"content-bytes\";w=" + monthSeconds());
        JsonNode usage = listed(key.get("id").stringValue()).get("usage");
        assertThat(usage.get("requests_today").asInt()).isEqualTo(2);
        assertThat(usage.get("bytes_today").asInt()).isGreaterThan(200);
        assertThat(usage.get("last_used").isNull()).isFalse();
    }

    private static long monthSeconds() {
        return 86_400L * java.time.LocalDate.now(java.time.ZoneOffset.UTC).lengthOfMonth();
    }

    @Test
    void noMoreRequestsRunAtTheSameTimeThanAllowed() throws Exception {
        String token = created("{\"name\":\"single\",\"max_concurrent\":1}")
                .get("token")
                .stringValue();
        CompletableFuture<Reply> slow = CompletableFuture.supplyAsync(() -> {
            try {
                return SERVER.query("POST", "/sql", token, "{\"query\":\"SELECT pg_sleep(60)\",\"params\":[]}");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> !SERVER.admin("/requests").json().get("requests").isEmpty());
        assertThat(sql(token).status()).isEqualTo(429);
        String id = SERVER.admin("/requests").json().at("/requests/0/id").stringValue();
        SERVER.admin("POST", "/requests/" + id + "/cancel", null);
        slow.join();
        await().until(() -> sql(token).status() == 200);
    }

    @Test
    void theEndOfATransactionIsNeverRefused() throws Exception {
        String token = created("{\"name\":\"few\",\"requests_per_day\":1}")
                .get("token")
                .stringValue();
        String id = SERVER.query("POST", "/transaction/start", token, "{}")
                .json()
                .get("id")
                .stringValue();
        assertThat(SERVER.query("POST", "/transaction/start", token, "{}").status())
                .isEqualTo(429);
        assertThat(SERVER.query("POST", "/transaction/" + id + "/commit", token, "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aRotatedKeyKeepsItsIdAndItsOldTokenForTheOverlap() throws Exception {
        JsonNode key = created("{\"name\":\"rotated\"}");
        String id = key.get("id").stringValue();
        String old = key.get("token").stringValue();
        Reply rotated = SERVER.admin("POST", "/keys/" + id + "/rotate", "{\"overlap\":\"1h\"}");
        assertThat(rotated.json().get("id").stringValue()).isEqualTo(id);
        String latest = rotated.json().get("token").stringValue();
        assertThat(latest).isNotEqualTo(old).startsWith("hasten_" + id + "_");
        assertThat(sql(old).status()).isEqualTo(200);
        assertThat(sql(latest).status()).isEqualTo(200);
        assertThat(listed(id).get("previous_token_until").isNull()).isFalse();

        SERVER.admin("POST", "/keys/" + id + "/rotate", null);
        assertThat(sql(old).status()).isEqualTo(401);
        assertThat(sql(latest).status()).isEqualTo(401);
        assertThat(SERVER.admin("POST", "/keys/" + id + "/rotate", "{\"overlap\":\"100d\"}")
                        .status())
                .isEqualTo(400);
        assertThat(SERVER.admin("POST", "/keys/unknown2/rotate", null).status()).isEqualTo(404);
        assertThat(SERVER.admin("POST", "/keys/config:env/rotate", null).status())
                .isEqualTo(409);
        assertThat(SERVER.admin("/audit?limit=1").json().at("/events/0/action").stringValue())
                .isEqualTo("key.changed");
    }

    @Test
    void contradictingLimitsAreRefused() throws Exception {
        for (String wrong : new String[] {
            "{\"name\":\"a\",\"burst\":3}",
            "{\"name\":\"a\",\"requests_per_second\":-1}",
            "{\"name\":\"a\",\"requests_per_second\":1.5}",
            "{\"name\":\"a\",\"requests_per_day\":\"10\"}"
        }) {
            assertThat(SERVER.admin("POST", "/keys", wrong).status()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    void aClientThatSendsOneRequestAfterAnotherHasOnlyOneAtATime() throws Exception {
        String token = created("{\"name\":\"sequential\",\"max_concurrent\":1}")
                .get("token")
                .stringValue();
        for (int i = 0; i < 300; i++) {
            assertThat(sql(token).status()).as("request " + i).isEqualTo(200);
        }
    }

    @Test
    void aSecondRotationKeepsTheOverlapOfTheFirst() throws Exception {
        JsonNode key = created("{\"name\":\"twice\"}");
        String path = "/keys/" + key.get("id").stringValue() + "/rotate";
        List<String> tokens = new ArrayList<>(List.of(key.get("token").stringValue()));
        for (int i = 0; i < 6; i++) {
            tokens.add(SERVER.admin("POST", path, "{\"overlap\":\"1h\"}")
                    .json()
                    .get("token")
                    .stringValue());
        }
        // The latest token, and the five before it.
        assertThat(sql(tokens.getFirst()).status()).isEqualTo(401);
        for (String token : tokens.subList(1, tokens.size())) {
            assertThat(sql(token).status()).isEqualTo(200);
        }
    }

    @Test
    void theLimitsOfAKeyAreListedAsTheyWereSet() throws Exception {
        JsonNode key = created("{\"name\":\"listed\",\"requests_per_second\":5,\"burst\":20,\"max_concurrent\":3}");
        JsonNode limits = listed(key.get("id").stringValue()).get("limits");
        assertThat(limits.get("requests_per_second").asInt()).isEqualTo(5);
        assertThat(limits.get("burst").asInt()).isEqualTo(20);
        assertThat(limits.get("max_concurrent").asInt()).isEqualTo(3);
        assertThat(limits.get("requests_per_day").asInt()).isZero();
    }

    @Test
    void aKeyFileThatCannotBeReadIsNamedAndNotAnInternalError() throws Exception {
        java.nio.file.Path file = SERVER.server().config().keysFile();
        byte[] before = java.nio.file.Files.readAllBytes(file);
        try {
            java.nio.file.Files.writeString(file, "{");
            Reply failed = SERVER.admin("POST", "/keys", "{\"name\":\"a\"}");
            assertThat(failed.status()).isEqualTo(500);
            assertThat(failed.json().get("message").stringValue()).contains("API key file", "keys.json");
        } finally {
            java.nio.file.Files.write(file, before);
        }
    }
}
