package dev.hasten.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** Writes an entry as one line of JSON. Only printable characters are not escaped. */
final class JsonLineEncoder extends JsonEncoder {
    JsonLineEncoder() {
        setWithFormattedMessage(true);
        setWithMessage(false);
        setWithArguments(false);
        setWithContext(false);
        setWithSequenceNumber(false);
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String json = new String(super.encode(event), UTF_8).strip();
        // The library escapes only ASCII control characters. Outside of strings, everything is printable.
        return (PrintableText.UNPRINTABLE.matcher(json).replaceAll(match -> escaped(match.group())) + "\n")
                .getBytes(UTF_8);
    }

    private static String escaped(String characters) {
        StringBuilder escapes = new StringBuilder();
        characters.chars().forEach(c -> escapes.append("\\\\u%04x".formatted(c)));
        return escapes.toString();
    }
}
