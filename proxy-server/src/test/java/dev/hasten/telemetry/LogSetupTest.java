package dev.hasten.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.hasten.config.LogConfig;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Texts of clients cannot forge entries of the log, in any format. */
final class LogSetupTest {
    private static final String FORGED = "2026-01-01T00:00:00.000Z WARN  Forged - entry";

    private static String logged(LogConfig.Format format, String text) {
        return logged(format, text, null);
    }

    private static String logged(LogConfig.Format format, String text, @Nullable Throwable failure) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        LoggingEvent event = new LoggingEvent(
                "", context.getLogger("dev.hasten.Test"), Level.WARN, "said: {}", failure, new Object[] {text});
        event.addKeyValuePair(new KeyValuePair("text", text));
        return new String(LogSetup.encoder(format, context).encode(event), UTF_8);
    }

    @ParameterizedTest
    @EnumSource
    void messageAndPairsAreOneLine(LogConfig.Format format) {
        String logged = logged(format, "a\r\n" + FORGED + "\u0085" + FORGED + "\u2028" + FORGED);
        assertThat(logged.lines()).hasSize(1);
        assertThat(logged).endsWith("\n").contains("said: a");
    }

    @Test
    void jsonIsFlatWithNumbersAsNumbers() {
        LoggerContext context = new LoggerContext();
        LogbackMDCAdapter mdc = new LogbackMDCAdapter();
        mdc.put("trace_id", "0af7");
        context.setMDCAdapter(mdc);
        LoggingEvent event = new LoggingEvent(
                "",
                context.getLogger("dev.hasten.request"),
                Level.INFO,
                "request failed",
                new IllegalStateException("broken"),
                new Object[0]);
        event.addKeyValuePair(new KeyValuePair("status", 409));
        event.addKeyValuePair(new KeyValuePair("duration_ms", 1.25));
        event.addKeyValuePair(new KeyValuePair("key", "web app"));
        event.addKeyValuePair(new KeyValuePair("cached", true));
        JsonNode line = JsonMapper.shared()
                .readTree(LogSetup.encoder(LogConfig.Format.JSON, context).encode(event));
        assertThat(Instant.parse(line.get("@timestamp").stringValue())).isNotNull();
        assertThat(line.get("level").stringValue()).isEqualTo("INFO");
        assertThat(line.get("logger").stringValue()).isEqualTo("dev.hasten.request");
        assertThat(line.get("message").stringValue()).isEqualTo("request failed");
        assertThat(line.get("trace_id").stringValue()).isEqualTo("0af7");
        assertThat(line.get("status").isIntegralNumber()).isTrue();
        assertThat(line.get("duration_ms").doubleValue()).isEqualTo(1.25);
        assertThat(line.get("key").stringValue()).isEqualTo("web app");
        assertThat(line.get("cached").booleanValue()).isTrue();
        assertThat(line.get("stack_trace").stringValue()).contains("IllegalStateException: broken");
        assertThat(line.valueStream()).noneMatch(JsonNode::isContainer);
    }

    @Test
    void pairsCannotForgePairs() {
        assertThat(logged(LogConfig.Format.TEXT, "a\" database=\"b\\")).contains("text=\"a\\\" database=\\\"b\\\\\"");
    }

    @Test
    void messageOfAnExceptionStartsNoLine() {
        Throwable cause = new IllegalStateException("b\n" + FORGED + "\n\tat forged\nCaused by: forged\u009b");
        cause.addSuppressed(new IllegalStateException("c\n\tat forged"));
        String logged = logged(LogConfig.Format.TEXT, "a", new IllegalArgumentException("a\r\n" + FORGED, cause));
        assertThat(logged.lines())
                .noneMatch(line -> line.startsWith("2026-01-01"))
                .noneMatch(line -> line.matches("\\s*(at|Caused by:) forged.*"))
                .anyMatch(line -> line.startsWith("\tat " + LogSetupTest.class.getName()))
                .anyMatch(line -> line.startsWith("Caused by: java.lang.IllegalStateException: b"));
        assertThat(logged).endsWith("\n");
    }

    @ParameterizedTest
    @EnumSource
    void terminalsGetNoControlSequences(LogConfig.Format format) {
        String controls = "\u001b\u0007\u0000\u0085\u009b\u2028\u202e\u200b\udc00";
        String logged = logged(format, "a" + controls, new IllegalStateException(controls));
        assertThat(logged.strip().replaceAll("\\s", "")).doesNotContainPattern("\\p{C}");
    }
}
