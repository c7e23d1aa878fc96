package dev.hasten.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.hasten.config.LogConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.KeyValuePair;

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
