package dev.hasten.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.hasten.config.LogConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the log to standard error, as text for people or as JSON for log collectors. Standard output is reserved for
 * the output of commands.
 */
public final class LogSetup {
    /** Line breaks, control characters, and characters that hide or reverse others, which clients could send. */
    private static final String UNPRINTABLE =
            "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]+";

    /** Line breaks in the message of an exception. Lines of a stack trace begin with a tab, or with its cause. */
    private static final String BREAKS_IN_MESSAGES = "\\r|\\n(?!\\t|Caused by: |$)";

    private static final String TEXT = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSX,UTC} %-5level %logger{0} - "
            + "%replace(%msg%replace( %kvp{DOUBLE}){' $', ''}){'" + UNPRINTABLE + "', ' '}%n%replace(%ex){'"
            + BREAKS_IN_MESSAGES
            + "', ' '}";

    private LogSetup() {}

    /** Applies the configuration to the entire process. */
    public static void apply(LogConfig config) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(config.format(), context));
        console.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(console);
        // Libraries log only warnings and errors.
        root.setLevel(Level.WARN);
        context.getLogger("dev.hasten").setLevel(Level.toLevel(config.level().name()));
    }

    static Encoder<ILoggingEvent> encoder(LogConfig.Format format, LoggerContext context) {
        return switch (format) {
            case JSON -> {
                JsonEncoder encoder = new JsonEncoder();
                encoder.setWithFormattedMessage(true);
                encoder.setWithMessage(false);
                encoder.setWithArguments(false);
                encoder.setWithContext(false);
                encoder.setWithSequenceNumber(false);
                encoder.setContext(context);
                encoder.start();
                yield encoder;
            }
            case TEXT -> {
                PatternLayoutEncoder encoder = new PatternLayoutEncoder();
                encoder.setContext(context);
                encoder.setPattern(TEXT);
                encoder.start();
                yield encoder;
            }
        };
    }
}
