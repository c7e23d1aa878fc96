package dev.hasten.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.config.LogConfig;
import dev.hasten.protocol.ApiError;
import dev.hasten.telemetry.CaptureSettings.Format;
import dev.hasten.telemetry.RequestTelemetry.StatementLog;
import dev.hasten.testing.LogCapture;
import dev.hasten.testing.TestActivity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A request's statements are measured, logged if they are slow, and sent to the client if it asks for them. */
final class RequestTelemetryTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long MILLISECOND = 1_000_000;
    private static final long STARTED = 1_700_000_000_123_000_000L;
    private static final CaptureSettings SPANS = new CaptureSettings(true, Set.of(), Format.EXECUTOR);
    private static final CaptureSettings EVENTS = new CaptureSettings(false, Set.of("query", "error"), Format.EXECUTOR);

    @AutoClose
    private final Metrics metrics = new Metrics();

    @AutoClose
    private final LogCapture slow = new LogCapture("dev.hasten.slow-query");

    private RequestTelemetry telemetry(CaptureSettings capture, Duration slowQuery, boolean parameters) {
        LogConfig log = new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.INFO, slowQuery, parameters, false, 10);
        return new RequestTelemetry(
                capture, new StatementLog("default", new LogSettings(log), metrics), TestActivity.of("request-1"));
    }

    private RequestTelemetry telemetry(CaptureSettings capture) {
        return telemetry(capture, Duration.ZERO, false);
    }

    private static void statement(RequestTelemetry telemetry, String sql, long millis) {
        telemetry.statement(sql, "[1]", STARTED, millis * MILLISECOND, null);
    }

    /** Returns the spans or the logs as the client receives them. */
    private static List<JsonNode> list(RequestTelemetry telemetry, String member) {
        return JSON.valueToTree(telemetry.extensions())
                .get(member)
                .valueStream()
                .toList();
    }

    private static List<String> texts(List<JsonNode> nodes, String pointer) {
        return nodes.stream().map(node -> node.at(pointer).asString("none")).toList();
    }

    @ParameterizedTest
    @CsvSource({"99, false", "100, true", "101, true"})
    void statementIsLoggedFromTheConfiguredDuration(long millis, boolean logged) {
        statement(telemetry(CaptureSettings.NONE, Duration.ofMillis(100), false), "SELECT 1", millis);
        assertThat(slow.pairs()).hasSize(logged ? 1 : 0);
    }

    @Test
    void nothingIsLoggedIfTheDurationIsZero() {
        statement(telemetry(CaptureSettings.NONE, Duration.ZERO, true), "SELECT 1", 1_000_000);
        assertThat(slow.pairs()).isEmpty();
    }

    @Test
    void slowStatementIsLoggedWithoutPersonalData() {
        statement(telemetry(CaptureSettings.NONE, Duration.ofMillis(1), false), "SELECT $1", 1234);
        assertThat(slow.pairs())
                .containsExactly(Map.of(
                        "request_id", "request-1",
                        "key", "test",
                        "database", "default",
                        "duration_ms", "1234",
                        "parameters", "(not logged)",
                        "sql", "SELECT $1"));
    }

    @Test
    void parametersAreLoggedIfConfigured() {
        RequestTelemetry telemetry = telemetry(CaptureSettings.NONE, Duration.ofMillis(1), true);
        assertThat(telemetry.wantsParameters()).isTrue();
        statement(telemetry, "SELECT $1", 1);
        assertThat(slow.pairs()).singleElement().extracting("parameters").isEqualTo("[1]");
    }

    @Test
    void sqlCannotForgeLinesOrFillTheLog() {
        RequestTelemetry telemetry = telemetry(CaptureSettings.NONE, Duration.ofMillis(1), false);
        statement(telemetry, "SELECT a\r\nWARN forged\u0007\u001b", 1);
        statement(telemetry, "x".repeat(2000), 1);
        statement(telemetry, "x".repeat(2001), 1);
        assertThat(slow.pairs())
                .extracting("sql")
                .containsExactly("SELECT a WARN forged ", "x".repeat(2000), "x".repeat(2000) + "...");
    }

    @Test
    void everyStatementIsMeasured() {
        RequestTelemetry telemetry = telemetry(CaptureSettings.NONE);
        statement(telemetry, "SELECT 1", 1);
        telemetry.statement("SELECT 2", "", STARTED, MILLISECOND, new IllegalStateException());
        assertThat(metrics.scrape())
                .contains(
                        "hasten_statement_duration_seconds_count{database=\"default\",outcome=\"success\"} 1\n",
                        "hasten_statement_duration_seconds_count{database=\"default\",outcome=\"error\"} 1\n");
    }

    @Test
    void nothingIsCollectedForAClientThatDidNotAsk() {
        RequestTelemetry telemetry = telemetry(CaptureSettings.NONE);
        assertThat(telemetry.wantsParameters()).isFalse();
        statement(telemetry, "SELECT 1", 1);
        telemetry.failed(ApiError.badRequest("bad"));
        assertThat(telemetry.extensions()).isNull();
    }

    @Test
    void queryEventHasTheFormOfTheOfficialExecutor() {
        RequestTelemetry telemetry = telemetry(EVENTS);
        assertThat(telemetry.wantsParameters()).isTrue();
        telemetry.statement("SELECT $1", "[1]", STARTED, 2_600_000, null);
        assertThat(telemetry.extensions()).containsOnlyKeys("logs");
        JsonNode event = list(telemetry, "logs").getFirst();
        assertThat(event.get("spanId").stringValue()).matches("[0-9a-f]{32}-[0-9a-f]{16}");
        assertThat(((ObjectNode) event).without("spanId"))
                .hasToString("{\"level\":\"query\",\"timestamp\":[1700000000,125600000],\"message\":\"Query\","
                        + "\"attributes\":{\"timestamp\":1700000000123,\"duration\":2.6,\"duration_ms\":3,"
                        + "\"query\":\"SELECT $1\",\"params\":\"[1]\"}}");
    }

    @Test
    void failedStatementHasASpanButNoEvent() {
        RequestTelemetry telemetry = telemetry(new CaptureSettings(true, Set.of("query"), Format.EXECUTOR));
        telemetry.statement("SELECT 1", "", STARTED, MILLISECOND, new IllegalStateException());
        assertThat(list(telemetry, "logs")).isEmpty();
        assertThat(list(telemetry, "spans")).hasSize(1);
    }

    @Test
    void spanHasTheFormOfTheOfficialExecutor() {
        RequestTelemetry telemetry = telemetry(SPANS);
        assertThat(telemetry.wantsParameters()).isFalse();
        statement(telemetry, "SELECT 1", 2);
        assertThat(telemetry.extensions()).containsOnlyKeys("spans");
        JsonNode span = list(telemetry, "spans").getFirst();
        assertThat(span.get("id").stringValue()).matches("[0-9a-f]{32}-[0-9a-f]{16}");
        assertThat(((ObjectNode) span).without("id"))
                .hasToString(
                        "{\"parentId\":null,\"attributes\":{\"db.query.text\":\"SELECT 1\","
                                + "\"db.system.name\":\"postgresql\"},\"name\":\"prisma:accelerate:db_query\","
                                + "\"kind\":\"client\",\"startTime\":[1700000000,123000000],\"endTime\":[1700000000,125000000]}");
    }

    @Test
    void spansAreNested() {
        RequestTelemetry telemetry = telemetry(SPANS);
        telemetry.span("outer", () -> telemetry.span("inner", () -> statement(telemetry, "SELECT 1", 1)));
        statement(telemetry, "SELECT 2", 1);
        List<JsonNode> spans = list(telemetry, "spans");
        assertThat(texts(spans, "/name"))
                .containsExactly(
                        "prisma:accelerate:db_query",
                        "prisma:accelerate:inner",
                        "prisma:accelerate:outer",
                        "prisma:accelerate:db_query");
        List<String> ids = texts(spans, "/id");
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(texts(spans, "/parentId")).containsExactly(ids.get(1), ids.get(2), "none", "none");
        assertThat(texts(spans, "/kind")).containsExactly("client", "internal", "internal", "client");
    }

    @Test
    void spanOfFailedWorkEnds() {
        RequestTelemetry telemetry = telemetry(SPANS);
        IllegalStateException failure = new IllegalStateException();
        assertThatThrownBy(() -> telemetry.span("outer", () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        statement(telemetry, "SELECT 1", 1);
        assertThat(texts(list(telemetry, "spans"), "/parentId")).containsExactly("none", "none");
    }

    @Test
    void errorOfTheRequestIsAnEvent() {
        RequestTelemetry telemetry = telemetry(EVENTS);
        telemetry.failed(ApiError.badRequest("what was wrong"));
        JsonNode event = list(telemetry, "logs").getFirst();
        assertThat(event.get("level").stringValue()).isEqualTo("error");
        assertThat(event.get("message").stringValue()).isEqualTo("what was wrong");
        assertThat(event.get("attributes")).hasToString("{\"message\":\"what was wrong\"}");
    }

    @Test
    void numberOfRecordsIsLimited() {
        RequestTelemetry telemetry = telemetry(new CaptureSettings(true, Set.of("query", "error"), Format.EXECUTOR));
        telemetry.failed(ApiError.badRequest("early"));
        // Each statement is an event and a span, so there is only room for the event of the last one.
        for (int i = 0; i < 5001; i++) {
            statement(telemetry, "SELECT 1", 1);
        }
        telemetry.failed(ApiError.badRequest("late"));
        assertThat(list(telemetry, "logs").size() + list(telemetry, "spans").size())
                .isEqualTo(5000);
    }

    @Test
    void sizeOfTheTextsIsLimited() {
        RequestTelemetry telemetry = telemetry(SPANS);
        String largest = "x".repeat(1 << 20);
        statement(telemetry, largest, 1);
        statement(telemetry, "y".repeat(100), 1);
        statement(telemetry, "z".repeat(101), 1);
        assertThat(texts(list(telemetry, "spans"), "/attributes/db.query.text"))
                .containsExactly(largest, "y".repeat(100), "z".repeat(100) + "...");
    }
}
