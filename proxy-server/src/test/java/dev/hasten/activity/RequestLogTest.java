package dev.hasten.activity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.config.KeyScope;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.LogCapture;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("integration")
class RequestLogTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int PRIMARY KEY)");

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.on(POSTGRES).with("log.access", true).with("log.failures_per_minute", 3);

    @AutoClose
    private final LogCapture access = new LogCapture("dev.hasten.access");

    @AutoClose
    private final LogCapture failures = new LogCapture("dev.hasten.request");

    private final Client client = SERVER.client();

    private Reply sql(String sql, Map<String, String> headers) {
        return client.post("/sql", ("{\"query\":\"" + sql + "\",\"params\":[]}").getBytes(UTF_8), headers);
    }

    @Test
    void theAccessLogSaysWhoDidWhatAndWhereTheTimeWent() {
        Reply reply = sql("SELECT 1", Map.of("x-request-id", "order-17", "traceparent", TRACE));
        assertThat(reply.header("x-request-id")).isEqualTo("order-17");
        assertThat(reply.header("traceparent")).isEqualTo(TRACE);
        await().until(() -> !access.pairs().isEmpty());
        Map<String, String> line = access.pairs().getFirst();
        assertThat(line)
                .containsEntry("client_request_id", "order-17")
                .containsEntry("traceparent", TRACE)
                .containsEntry("key", "env")
                .containsEntry("database", "default")
                .containsEntry("route", "/sql")
                .containsEntry("operation", "sql")
                .containsEntry("cache", "uncached")
                .containsEntry("cache_reason", "no_strategy")
                .containsEntry("status", "200")
                .containsKeys("request_id", "request_bytes", "response_bytes", "queue_ms", "pool_ms");
        assertThat(line.get("request_id")).matches("[0-9a-f]{16}");
        assertThat(Double.parseDouble(line.get("database_ms"))).isPositive();
        assertThat(Double.parseDouble(line.get("duration_ms")))
                .isGreaterThanOrEqualTo(Double.parseDouble(line.get("database_ms")));
    }

    @Test
    void hitsAreLoggedWithTheQueryThatFilledTheEntry() {
        Map<String, String> strategy = Map.of("cache-control", "max-age=60");
        sql("SELECT count(*) FROM item", strategy);
        sql("SELECT count(*) FROM item", strategy);
        await().until(() -> access.pairs().size() == 2);
        assertThat(access.pairs()).extracting("cache").containsExactly("miss", "hit");
        assertThat(access.pairs()).extracting("operation").containsExactly("sql", "sql");
    }

    @Test
    void malformedIdsAreNotReturned() {
        Reply reply = sql("SELECT 1", Map.of("x-request-id", "a b<script>", "traceparent", "00-nonsense"));
        assertThat(reply.header("x-request-id")).matches("[0-9a-f]{16}");
        assertThat(reply.header("traceparent")).isNull();
        for (String invalid :
                List.of(TRACE.replaceFirst("^00", "ff"), "00-" + "0".repeat(32) + "-" + "1".repeat(16) + "-00")) {
            assertThat(sql("SELECT 1", Map.of("traceparent", invalid)).header("traceparent"))
                    .isNull();
        }
    }

    @Test
    void failuresAreLoggedWithKeyAndCodeAndRepeatedOnesAreLimited() {
        for (int i = 0; i < 10; i++) {
            assertThat(sql("SELECT * FROM missing", Map.of()).status()).isEqualTo(400);
        }
        await().until(() -> access.pairs().size() == 10);
        List<Map<String, String>> lines = failures.pairs();
        assertThat(lines)
                .hasSize(4)
                .allMatch(line -> "42P01".equals(line.get("code")) && "env".equals(line.get("key")));
        assertThat(failures.messages().getLast()).contains("are not logged for a minute");
        assertThat(lines.getFirst()).containsEntry("status", "400").containsKey("request_id");
    }

    @Test
    void aRequestWithoutAValidKeyIsLoggedWithoutAKey() {
        Client stranger = SERVER.clientWithKey("wrong");
        assertThat(stranger.post("/sql", "{}").status()).isEqualTo(401);
        await().until(() -> !failures.pairs().isEmpty());
        assertThat(failures.pairs().getFirst())
                .containsEntry("code", "P6002")
                .containsEntry("status", "401")
                .doesNotContainKey("key");
    }

    @Test
    void aClientThatChoosesItsErrorCodesCannotFillTheLog() {
        Client flood = SERVER.clientWithKey(SERVER.server()
                .keys()
                .create("flood", "default", KeyScope.DEFAULT, null)
                .token());
        for (int i = 0; i < 60; i++) {
            String code = "H%04d".formatted(i);
            flood.post(
                    "/sql",
                    "{\"query\":\"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '" + code
                            + "'; END $$\",\"params\":[]}");
        }
        await().until(() -> access.pairs().size() == 60);
        // Ten times log.failures_per_minute for all codes together, and a line that says so.
        assertThat(failures.pairs()).hasSize(31);
        assertThat(failures.messages().getLast()).isEqualTo("further failures of this key are not logged for a minute");
    }
}
