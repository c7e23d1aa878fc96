package dev.hasten.caching;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Dates in headers: RFC 9110, section 5.6.7. Formatted by hand, because every cache hit needs one. */
final class HttpDate {
    private static final String[] DAYS = {"Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, ", "Sun, "};
    private static final String[] MONTHS = {
        " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "
    };

    private HttpDate() {}

    /** Formats a time of the years 1 to 9999, such as {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
    static String format(Instant time) {
        LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(29);
        text.append(DAYS[utc.getDayOfWeek().getValue() - 1]);
        twoDigits(text, utc.getDayOfMonth()).append(MONTHS[utc.getMonthValue() - 1]);
        twoDigits(text, utc.getYear() / 100);
        twoDigits(text, utc.getYear() % 100).append(' ');
        twoDigits(text, utc.getHour()).append(':');
        twoDigits(text, utc.getMinute()).append(':');
        return twoDigits(text, utc.getSecond()).append(" GMT").toString();
    }

    private static StringBuilder twoDigits(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
