package dev.hasten.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/** Writes an entry for people: one line, which a stack trace may follow. */
final class TextLayout extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @Override
    public String doLayout(ILoggingEvent event) {
        String logger = event.getLoggerName();
        StringBuilder entry = new StringBuilder(TIME.format(event.getInstant()))
                .append(String.format(Locale.ROOT, " %-5s ", event.getLevel()))
                .append(logger.substring(logger.lastIndexOf('.') + 1))
                .append(" - ")
                .append(PrintableText.oneLine(event.getFormattedMessage()));
        for (KeyValuePair pair : Objects.requireNonNullElse(event.getKeyValuePairs(), List.<KeyValuePair>of())) {
            entry.append(' ').append(pair.key).append('=').append(quoted(String.valueOf(pair.value)));
        }
        entry.append('\n');
        if (event.getThrowableProxy() != null) {
            entry.append(stackTrace(event.getThrowableProxy()));
        }
        return entry.toString();
    }

    private static String quoted(String text) {
        return '"' + PrintableText.oneLine(text).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String stackTrace(IThrowableProxy failure) {
        return printableMessages(ThrowableProxyUtil.asString(failure), failure);
    }

    /** Makes each message of the exception and its causes one line, so that it cannot look like a line of the trace. */
    private static String printableMessages(String trace, @Nullable IThrowableProxy failure) {
        if (failure == null || failure.isCyclic()) {
            return trace;
        }
        String printable = trace;
        String message = failure.getMessage();
        if (message != null && !message.isEmpty()) {
            printable = printable.replace(message, PrintableText.oneLine(message));
        }
        printable = printableMessages(printable, failure.getCause());
        for (IThrowableProxy suppressed : Objects.requireNonNullElse(failure.getSuppressed(), new IThrowableProxy[0])) {
            printable = printableMessages(printable, suppressed);
        }
        return printable;
    }
}
