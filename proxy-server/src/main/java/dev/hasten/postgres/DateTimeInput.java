package dev.hasten.postgres;

import java.util.regex.Pattern;

/** Text that PostgreSQL could convert to a date or time. */
public final class DateTimeInput {
    /** "Special Values" in the chapter "Date/Time Types" of PostgreSQL's manual. Digits may touch them: today12:30. */
    private static final Pattern CLOCK =
            Pattern.compile("(?<![a-z])(now|today|tomorrow|yesterday)(?![a-z])", Pattern.CASE_INSENSITIVE);

    private DateTimeInput() {}

    /** Whether the text can mean a different date or time tomorrow, such as {@code now} or {@code tomorrow 10:00}. */
    public static boolean dependsOnClock(String text) {
        return CLOCK.matcher(text).find();
    }
}
