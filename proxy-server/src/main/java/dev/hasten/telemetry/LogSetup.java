package dev.hasten.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.hasten.config.LogConfig;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the log to standard error, as text for people or as JSON for log collectors. Standard output is reserved for
 * the output of commands.
 */
public final class LogSetup {
    /** The logger of this program; libraries have others. */
    static final String OWN = "dev.hasten";

    /** The loggers that event loops use. */
    private static final List<String> REQUESTS = List.of("dev.hasten.access", "dev.hasten.request");

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
        RequestAppender requests = new RequestAppender();
        requests.setContext(context);
        requests.addAppender(console);
        requests.start();
        for (String name : REQUESTS) {
            context.getLogger(name).addAppender(requests);
            context.getLogger(name).setAdditive(false);
        }
        // Libraries log only warnings and errors.
        root.setLevel(Level.WARN);
        context.getLogger(OWN).setLevel(Level.toLevel(config.level().name()));
    }

    /** Writes what is still queued. Called before the process ends; nothing is logged afterwards. */
    public static void close() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    static Encoder<ILoggingEvent> encoder(LogConfig.Format format, LoggerContext context) {
        Encoder<ILoggingEvent> encoder = switch (format) {
            case JSON -> new JsonLineEncoder();
            case TEXT -> {
                LayoutWrappingEncoder<ILoggingEvent> text = new LayoutWrappingEncoder<>();
                text.setLayout(new TextLayout());
                yield text;
            }
        };
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
