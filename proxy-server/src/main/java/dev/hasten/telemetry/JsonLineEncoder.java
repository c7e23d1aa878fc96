package dev.hasten.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes an entry as one line of JSON without nesting, which log collectors index without configuration: {@code @timestamp},
 * {@code level}, {@code logger}, {@code message}, {@code stack_trace}, and the fields of the entry. Characters that are not
 * printable are escaped.
 */
final class JsonLineEncoder extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("@timestamp", event.getInstant().toString());
            json.writeStringProperty("level", event.getLevel().toString());
            json.writeStringProperty("logger", event.getLoggerName());
            json.writeStringProperty("message", event.getFormattedMessage());
            json.writeStringProperty("thread", event.getThreadName());
            for (Map.Entry<String, String> field : event.getMDCPropertyMap().entrySet()) {
                json.writeStringProperty(field.getKey(), field.getValue());
            }
            for (KeyValuePair field : Objects.requireNonNullElse(event.getKeyValuePairs(), List.<KeyValuePair>of())) {
                write(json, field);
            }
            if (event.getThrowableProxy() != null) {
                json.writeStringProperty("stack_trace", ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
            json.writeEndObject();
        }
        // The library escapes only ASCII control characters. Outside of strings, everything is printable.
        return (PrintableText.UNPRINTABLE.matcher(text.toString()).replaceAll(match -> escaped(match.group())) + "\n")
                .getBytes(UTF_8);
    }

    private static void write(JsonGenerator json, KeyValuePair field) {
        switch (field.value) {
            case Integer number -> json.writeNumberProperty(field.key, number);
            case Long number -> json.writeNumberProperty(field.key, number);
            case Double number -> json.writeNumberProperty(field.key, number);
            case Boolean flag -> json.writeBooleanProperty(field.key, flag);
            default -> json.writeStringProperty(field.key, String.valueOf(field.value));
        }
    }

    private static String escaped(String characters) {
        StringBuilder escapes = new StringBuilder();
        characters.chars().forEach(c -> escapes.append("\\\\u%04x".formatted(c)));
        return escapes.toString();
    }
}
