package dev.hasten.admin;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the expiry of a new key. */
public final class KeyExpiry {
    private static final Pattern SPAN = Pattern.compile("(\\d{1,5})([mhdw])");

    private KeyExpiry() {}

    /**
     * Parses a duration from now, such as {@code 12h} or {@code 30d} (units m, h, d, w; a day is 24 hours), or a time
     * such as {@code 2027-01-01T00:00:00Z}. Does not check that the result is in the future.
     *
     * @throws IllegalArgumentException if the text is neither; the message states what is allowed
     */
    public static Instant parse(String text, Instant now) {
        Matcher span = SPAN.matcher(text);
        try {
            return span.matches() ? now.plus(duration(span)).truncatedTo(ChronoUnit.SECONDS) : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "\"" + text
                            + "\" is not allowed as the expiry; use a duration with the unit m, h, d or w, such"
                            + " as 12h or 30d, or a time such as 2027-01-01T00:00:00Z",
                    e);
        }
    }

    private static Duration duration(Matcher span) {
        long number = Long.parseLong(span.group(1));
        return switch (span.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofDays(7 * number);
        };
    }
}
