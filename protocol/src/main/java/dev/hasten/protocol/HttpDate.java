package dev.hasten.protocol;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Dates in headers: RFC 9110 section 5.6.7. Java's own RFC_1123_DATE_TIME has days of one digit. Remembers the last one,
 * because many answers are of the same second. Thread-safe.
 */
public final class HttpDate {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private volatile @Nullable Formatted last;

    private record Formatted(long epochSecond, String text) {}

    /** Such as {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    public String format(Instant time) {
        Formatted known = last;
        if (known == null || known.epochSecond() != time.getEpochSecond()) {
            known = new Formatted(time.getEpochSecond(), FORMAT.format(time));
            last = known;
        }
        return known.text();
    }
}
