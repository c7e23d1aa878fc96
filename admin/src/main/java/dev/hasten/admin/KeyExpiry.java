package dev.hasten.admin;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses how long a key or its earlier token is accepted. */
public final class KeyExpiry {
    private static final Pattern SPAN = Pattern.compile("(\\d{1,5})([mhdw])");
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private static final Duration LONGEST_OVERLAP = Duration.ofDays(30);

    private KeyExpiry() {}

    /**
     * Parses a duration from now, such as {@code 12h} or {@code 30d} (units m, h, d, w; a day is 24 hours), a day such as
     * {@code 2027-01-31}, at whose end in UTC the key expires, or a time such as {@code 2027-01-01T00:00:00Z}. Does not check
     * that the result is in the future.
     *
     * @throws IllegalArgumentException if the text has none of these forms; the message lists them
     */
    public static Instant parse(String text, Instant now) {
        try {
            if (SPAN.matcher(text).matches()) {
                return now.plus(span(text)).truncatedTo(ChronoUnit.SECONDS);
            }
            return DAY.matcher(text).matches()
                    ? LocalDate.parse(text)
                            .plusDays(1)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                    : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "\"" + text
                            + "\" is not allowed as the expiry; use a duration with the unit m, h, d or w, such"
                            + " as 12h or 30d, a day such as 2027-01-31, or a time such as 2027-01-01T00:00:00Z",
                    e);
        }
    }

    /**
     * Parses how long the current token is still accepted after a rotation: up to 30 days.
     *
     * @param text null or {@code 0} for not at all
     * @throws IllegalArgumentException if the text is no such duration; the message states what is allowed
     */
    public static Duration overlap(@Nullable String text) {
        if (text == null || text.equals("0")) {
            return Duration.ZERO;
        }
        Duration overlap = span(text);
        if (overlap.compareTo(LONGEST_OVERLAP) > 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is too long; use at most " + LONGEST_OVERLAP.toDays() + "d");
        }
        return overlap;
    }

    private static Duration span(String text) {
        Matcher span = SPAN.matcher(text);
        if (!span.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a duration; use one with the unit m, h, d or w, such as 12h or 30d");
        }
        long number = Long.parseLong(span.group(1));
        return switch (span.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofDays(7 * number);
        };
    }
}
