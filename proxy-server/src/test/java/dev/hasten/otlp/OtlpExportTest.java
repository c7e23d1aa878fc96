package dev.hasten.otlp;

import static dev.hasten.testing.Plans.dataMap;
import static dev.hasten.testing.Plans.execute;
import static dev.hasten.testing.Plans.field;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.shape;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.LogCapture;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The export of traces and metrics to a receiver. */
@Tag("integration")
final class OtlpExportTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";

    private static final Map<String, ?> READ = dataMap(
            query("SELECT \"public\".\"item\".\"id\" FROM \"public\".\"item\" WHERE 1=1"), shape("id", field("int")));

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int PRIMARY KEY)");

    private OtlpReceiver receiver;

    @BeforeEach
    void start() throws IOException {
        receiver = new OtlpReceiver();
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    private TestServer server() {
        return TestServer.on(POSTGRES).with("otlp.endpoint", receiver.url());
    }

    /** Sends a query whose client has a trace. */
    private static Reply traced(Client client, Map<String, ?> plan, String flags) {
        return client.post(
                "/query",
                Client.body(plan, Map.of()).getBytes(UTF_8),
                Map.of("traceparent", "00-" + TRACE + "-" + PARENT + "-" + flags, "tracestate", "vendor=x"));
    }

    /** The spans after the server has exported all of them, by name. */
    private Map<String, List<Span>> exported(TestServer server) {
        server.close();
        return receiver.spans().stream().collect(groupingBy(Span::getName));
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    @Test
    void requestHasASpanInTheTraceOfItsClient() {
        TestServer server = server().start();
        traced(server.client(), rawQuery("SELECT 'secret' AS x FROM item WHERE id = 7"), "01");
        Map<String, List<Span>> spans = exported(server);
        Span request = spans.get("POST /query").getFirst();
        assertThat(hex(request.getTraceId())).isEqualTo(TRACE);
        assertThat(hex(request.getParentSpanId())).isEqualTo(PARENT);
        assertThat(request.getTraceState()).isEqualTo("vendor=x");
        assertThat(request.getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
        assertThat(OtlpReceiver.attributes(request.getAttributesList()))
                .containsEntry("http.request.method", "POST")
                .containsEntry("http.route", "/query")
                .containsEntry("http.response.status_code", "200")
                .containsEntry("hasten.database", "default")
                .containsEntry("hasten.cache.status", "uncached")
                .containsKeys("hasten.request.id", "hasten.key.id", "url.path")
                .doesNotContainKey("error.type");
        assertThat(receiver.resource())
                .containsEntry("service.name", "hasten")
                .containsEntry("service.version", "development");
    }

    @Test
    void stepsOfARequestAreItsChildren() {
        TestServer server = server().start();
        traced(server.client(), rawQuery("SELECT 'secret' AS x FROM item WHERE id = 7"), "01");
        Map<String, List<Span>> spans = exported(server);
        Span request = spans.get("POST /query").getFirst();
        assertThat(spans.keySet()).contains("authentication", "pool wait", "SELECT item");
        for (Span child : List.of(
                spans.get("authentication").getFirst(),
                spans.get("pool wait").getFirst(),
                spans.get("SELECT item").getFirst())) {
            assertThat(child.getParentSpanId()).isEqualTo(request.getSpanId());
            assertThat(child.getTraceId()).isEqualTo(request.getTraceId());
            assertThat(child.getStartTimeUnixNano())
                    .isBetween(request.getStartTimeUnixNano(), request.getEndTimeUnixNano());
            assertThat(child.getEndTimeUnixNano())
                    .isBetween(child.getStartTimeUnixNano(), request.getEndTimeUnixNano());
        }
        Span statement = spans.get("SELECT item").getFirst();
        assertThat(statement.getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
        assertThat(OtlpReceiver.attributes(statement.getAttributesList()))
                .containsEntry("db.system.name", "postgresql")
                .containsEntry("db.query.summary", "SELECT item")
                .containsEntry("db.query.text", "SELECT ? AS x FROM item WHERE id = ?")
                .containsKeys("db.namespace", "server.address", "server.port");
    }

    @Test
    void failedStatementHasItsSqlstate() {
        TestServer server = server().start();
        traced(server.client(), execute("INSERT INTO item SELECT 1 FROM generate_series(1, 2)"), "01");
        Map<String, List<Span>> spans = exported(server);
        Span statement = spans.get("INSERT item generate_series").getFirst();
        assertThat(statement.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(OtlpReceiver.attributes(statement.getAttributesList()))
                .containsEntry("db.response.status_code", "23505")
                .containsEntry("error.type", "23505");
        assertThat(OtlpReceiver.attributes(spans.get("POST /query").getFirst().getAttributesList()))
                .containsKey("error.type");
    }

    @Test
    void hitHasASpanOfTheCacheAndNoStatement() {
        TestServer server = server().start();
        server.client().cachedQuery(READ, "max-age=60");
        server.client().cachedQuery(READ, "max-age=60");
        List<Span> spans =
                exported(server).values().stream().flatMap(List::stream).toList();
        Map<Object, List<Span>> byTrace = spans.stream().collect(groupingBy(Span::getTraceId));
        assertThat(byTrace).hasSize(2);
        assertThat(byTrace.values())
                .anySatisfy(trace -> assertThat(trace)
                        .extracting(Span::getName)
                        .containsExactlyInAnyOrder("POST /query", "authentication", "cache"));
        assertThat(spans)
                .filteredOn(span -> span.getName().equals("POST /query"))
                .extracting(span ->
                        OtlpReceiver.attributes(span.getAttributesList()).get("hasten.cache.status"))
                .containsExactlyInAnyOrder("miss", "hit");
    }

    @Test
    void requestWithoutAKeyHasASpan() {
        TestServer server = server().start();
        server.clientWithKey("wrong").query(rawQuery("SELECT 1"));
        Span request = exported(server).get("POST /query").getFirst();
        assertThat(OtlpReceiver.attributes(request.getAttributesList()))
                .containsEntry("http.response.status_code", "401")
                .containsEntry("error.type", "P6002");
    }

    @Test
    void clientDecidesWhetherItsRequestIsTraced() {
        TestServer server = server().with("otlp.trace_percent", 0).start();
        traced(server.client(), rawQuery("SELECT 1"), "00");
        server.client().query(rawQuery("SELECT 2"));
        traced(server.client(), rawQuery("SELECT 3"), "01");
        assertThat(exported(server).get("POST /query")).hasSize(1);
    }

    @Test
    void headersAreSent() {
        TestServer server =
                server().with("otlp.headers", "api-key=Bearer%20a=b+c,other=c").start();
        server.client().query(rawQuery("SELECT 1"));
        exported(server);
        assertThat(receiver.keys()).isNotEmpty().containsOnly("Bearer a=b+c");
    }

    @Test
    void metricsAreExported() {
        TestServer server = server().with("otlp.metrics_interval", "1s").start();
        server.client().query(rawQuery("SELECT 1"));
        await().until(() ->
                receiver.metrics().stream().anyMatch(metric -> metric.getName().equals("hasten.http.requests")));
        server.close();
        assertThat(receiver.metrics())
                .extracting(Metric::getName)
                .contains("hasten.http.request.duration", "hasten.pool.connections", "hasten.cache.requests");
    }

    @Test
    void tracesThatAreRefusedAreCountedAndReported() {
        receiver.respondWith(400);
        try (LogCapture log = new LogCapture(CountingExporter.class.getName());
                TestServer server = server().start()) {
            server.client().query(rawQuery("SELECT 1"));
            await().until(() -> server.server().metrics().scrape().matches("(?s).*hasten_spans_failed_total [1-9].*"));
            assertThat(log.messages())
                    .anySatisfy(message -> assertThat(message)
                            .contains("traces cannot be exported to otlp.endpoint", "the receiver has refused them"));
        }
    }

    @Test
    void redirectsAreNotFollowed() {
        receiver.respondWith(302);
        TestServer server = server().with("otlp.headers", "api-key=secret")
                .with("otlp.metrics_interval", "1s")
                .start();
        server.client().query(rawQuery("SELECT 1"));
        await().until(() -> receiver.requests() >= 3);
        server.close();
        assertThat(receiver.isRedirected()).isFalse();
    }

    @Test
    void healthChecksAreNotTraced() {
        TestServer server = server().start();
        server.client().get("/health");
        server.client().get("/ready");
        server.client().query(rawQuery("SELECT 1"));
        assertThat(exported(server)).containsKey("POST /query").doesNotContainKeys("GET /health", "GET /ready");
    }

    @Test
    void valuesOfSettingsAreNotExported() {
        TestServer server = server().start();
        traced(server.client(), execute("SET application_name = confidential"), "01");
        exported(server);
        assertThat(receiver.spans().toString()).doesNotContain("confidential").contains("SET");
    }

    /** The exporter gives up after 10 seconds, and the SDK uses its batch again. */
    @Test
    void receiverThatHungIsUsedAgain() {
        receiver.hang(true);
        try (TestServer server =
                server().with("otlp.metrics", false).with("otlp.max_spans", 512).start()) {
            for (int i = 0; i < 200; i++) {
                server.client().query(rawQuery("SELECT 1"));
            }
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> server.server().metrics().scrape().matches("(?s).*hasten_spans_failed_total [1-9].*"));
            receiver.hang(false);
            int before = receiver.spans().size();
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                server.client().query(rawQuery("SELECT 1"));
                return receiver.spans().size() > before;
            });
        }
    }

    @Test
    void receiverOfMetricsThatStalledIsUsedAgain() {
        receiver.stall(true);
        try (TestServer _ = server().with("otlp.traces", false)
                .with("otlp.metrics_interval", "1s")
                .start()) {
            await().until(() -> receiver.requests() > 0);
            receiver.stall(false);
            int before = receiver.requests();
            await().atMost(Duration.ofMinutes(1)).until(() -> receiver.requests() > before + 2);
        }
    }

    @Test
    void receiverThatHangsDoesNotKeepTheServerFromStopping() {
        receiver.hang(true);
        TestServer server = server().start();
        server.client().query(rawQuery("SELECT 1"));
        Thread closing = Thread.ofPlatform().start(server::close);
        // Less than the timeout of an export, which is 10 seconds.
        await().atMost(Duration.ofSeconds(9)).until(() -> !closing.isAlive());
        receiver.hang(false);
    }

    @Test
    void receiverThatIsDownDoesNotAffectRequestsAndTracesAreBounded() {
        receiver.close();
        try (LogCapture log = new LogCapture(CountingExporter.class.getName());
                TestServer server = server().with("otlp.max_spans", 512).start()) {
            for (int i = 0; i < 400; i++) {
                assertThat(server.client().query(rawQuery("SELECT 1")).status()).isEqualTo(200);
            }
            await().until(() ->
                    server.server().metrics().scrape().matches("(?s).*hasten_traces_dropped_total [1-9].*"));
            assertThat(log.messages()).hasSizeLessThanOrEqualTo(1);
        }
    }
}
