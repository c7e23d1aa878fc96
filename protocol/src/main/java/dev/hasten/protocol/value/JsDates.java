package dev.hasten.protocol.value;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Parses and formats dates as JavaScript does, and converts from and to PostgreSQL's date text. For years 1 to 9999,
 * methods operate on bytes and allocate only the result.
 *
 * <p>The {@code isoFrom...} methods correspond to the combination of adapter-pg's type parsers, the data mapper of
 * Prisma's executor and {@code new Date(text).toISOString()}. They also support years above 9999 and BC, for which the
 * original fails.
 */
public final class JsDates {
    /** The longest text that {@link #writeIso} produces, in bytes: {@code +275760-09-13T00:00:00.000Z}. */
    public static final int MAX_ISO_LENGTH = 27;

    private static final int ISO_LENGTH = 24;
    private static final int MAX_FORMATTED_LENGTH = 32;
    private static final int SECONDS_OF_DAY = 86_400;
    private static final byte[] ISO_TEMPLATE = "1970-01-01T00:00:00.000Z".getBytes(ISO_8859_1);

    private JsDates() {}

    /**
     * {@code new Date(text).getTime()} for ISO formats: {@code YYYY}, {@code YYYY-MM}, {@code YYYY-MM-DD}, years also
     * as {@code +YYYYYY} or {@code -YYYYYY}; then optionally {@code T} or a space, {@code HH:mm[:ss[.fraction]]} and
     * {@code Z}, {@code +hh}, {@code +hhmm} or {@code +hh:mm}. Without an offset the text is in UTC, as in a JavaScript
     * process with the time zone UTC. A fraction is truncated to milliseconds; {@code 24:00} and February 30 roll over,
     * as in JavaScript.
     *
     * @return milliseconds since 1970-01-01T00:00:00Z
     * @throws DateFormatException for any other text, and outside JavaScript's range of years
     */
    public static long parseMillis(String text) {
        return new DateScanner(text.getBytes(ISO_8859_1)).iso();
    }

    /**
     * {@code new Date(epochMillis).toISOString()}.
     *
     * @throws DateFormatException outside plus or minus 8.64e15, the range of a JavaScript Date
     */
    public static String toIso(long epochMillis) {
        byte[] target = new byte[MAX_ISO_LENGTH];
        return text(target, writeIso(epochMillis, target, 0));
    }

    /**
     * Writes {@link #toIso} as ASCII.
     *
     * @param target has at least {@link #MAX_ISO_LENGTH} bytes from {@code at} on
     * @return the position after the last byte written
     */
    public static int writeIso(long epochMillis, byte[] target, int at) {
        long date = dateOf(epochMillis);
        int year = CivilDate.year(date);
        if (year >= 0 && year <= 9999) {
            at = digits(year, 4, target, at);
        } else {
            target[at++] = (byte) (year < 0 ? '-' : '+');
            at = digits(Math.abs(year), 6, target, at);
        }
        at = monthAndDay(date, target, at);
        target[at++] = 'T';
        int milliOfDay = milliOfDay(epochMillis);
        at = time(milliOfDay, target, at);
        target[at++] = '.';
        at = digits(milliOfDay % 1000, 3, target, at);
        target[at++] = 'Z';
        return at;
    }

    /**
     * From {@code timestamp} text, {@code 2026-11-22 12:25:46.747123}.
     *
     * @throws DateFormatException e.g. for infinity
     */
    public static String isoFromTimestamp(byte[] text) {
        return isoFromDateTime(text);
    }

    /**
     * From {@code timestamptz} text, {@code 2026-11-22 12:25:46.747123+00}. Sessions use UTC. If one does not, the
     * offset is applied (the original ignores it, which changes the instant).
     *
     * @throws DateFormatException e.g. for infinity
     */
    public static String isoFromTimestamptz(byte[] text) {
        return isoFromDateTime(text);
    }

    /**
     * Midnight UTC of {@code date} text, {@code 2026-11-22}.
     *
     * @throws DateFormatException e.g. for infinity
     */
    public static String isoFromDate(byte[] text) {
        if (text.length == 10 && isDate(text)) {
            byte[] target = ISO_TEMPLATE.clone();
            System.arraycopy(text, 0, target, 0, 10);
            return text(target, ISO_LENGTH);
        }
        return toIso(new DateScanner(text).date());
    }

    /**
     * From {@code time} text, {@code 12:25:46.747123}, on 1970-01-01.
     *
     * @throws DateFormatException if the text is not a time
     */
    public static String isoFromTime(byte[] text) {
        if (text.length >= 8 && isTime(text, 0) && text[0] < '3') {
            byte[] target = ISO_TEMPLATE.clone();
            if (copyTime(text, 0, target) == text.length) {
                boolean nextDay = text[0] == '2' && text[1] == '4';
                return nextDay ? toIso(CivilDate.MILLIS_PER_DAY) : text(target, ISO_LENGTH);
            }
        }
        throw malformed(text);
    }

    /** From {@code timetz} text, {@code 12:25:46.747123+02}. */
    public static String isoFromTimetz(byte[] text) {
        try {
            return isoFromTime(utcTime(new String(text, US_ASCII)).getBytes(US_ASCII));
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new DateFormatException(new String(text, US_ASCII));
        }
    }

    /**
     * Converts {@code timetz} text such as {@code 12:00:00.5-03:30} to {@code time} text in UTC. Prisma's clients drop
     * the offset, which makes it another time.
     */
    public static String utcTime(String text) {
        int sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
        if (sign < 0) {
            return text;
        }
        int offset = seconds(text.substring(sign + 1));
        if (offset == 0) {
            return text.substring(0, sign);
        }
        int utc = Math.floorMod(
                seconds(text.substring(0, 8)) + (text.charAt(sign) == '-' ? offset : -offset), SECONDS_OF_DAY);
        return "%02d:%02d:%02d".formatted(utc / 3600, utc / 60 % 60, utc % 60) + text.substring(8, sign);
    }

    /** Reads {@code hh}, {@code hh:mm} or {@code hh:mm:ss}. */
    private static int seconds(String time) {
        int seconds = 0;
        int unit = 3600;
        for (String part : time.split(":", -1)) {
            seconds += unit * Integer.parseInt(part);
            unit /= 60;
        }
        return seconds;
    }

    /**
     * A {@code timestamp} parameter in UTC, {@code YYYY-MM-DD HH:MM:SS[.mmm]}; years above 9999 and BC have the format
     * that PostgreSQL accepts.
     *
     * @throws DateFormatException outside the range of a JavaScript Date
     */
    public static String formatTimestamp(long epochMillis) {
        long date = dateOf(epochMillis);
        byte[] target = new byte[MAX_FORMATTED_LENGTH];
        int at = postgresDate(date, target, 0);
        target[at++] = ' ';
        at = postgresTime(milliOfDay(epochMillis), target, at);
        return text(target, era(date, target, at));
    }

    /**
     * A {@code date} parameter in UTC, {@code YYYY-MM-DD}.
     *
     * @throws DateFormatException as {@link #formatTimestamp}
     */
    public static String formatDate(long epochMillis) {
        long date = dateOf(epochMillis);
        byte[] target = new byte[MAX_FORMATTED_LENGTH];
        return text(target, era(date, target, postgresDate(date, target, 0)));
    }

    /** A {@code time} parameter in UTC, {@code HH:MM:SS[.mmm]}. */
    public static String formatTime(long epochMillis) {
        byte[] target = new byte[MAX_FORMATTED_LENGTH];
        return text(target, postgresTime(milliOfDay(epochMillis), target, 0));
    }

    private static String isoFromDateTime(byte[] text) {
        if (text.length >= 19 && isDate(text) && text[10] == ' ' && isTime(text, 11) && text[11] < '3') {
            byte[] target = ISO_TEMPLATE.clone();
            System.arraycopy(text, 0, target, 0, 10);
            int rest = copyTime(text, 11, target);
            if (rest == text.length || isUtcOffset(text, rest)) {
                return text(target, ISO_LENGTH);
            }
        }
        return toIso(new DateScanner(text).timestamp());
    }

    private static boolean isDate(byte[] text) {
        return isPair(text, 0)
                && isPair(text, 2)
                && text[4] == '-'
                && isPair(text, 5)
                && text[7] == '-'
                && isPair(text, 8);
    }

    private static boolean isTime(byte[] text, int at) {
        return isPair(text, at)
                && text[at + 2] == ':'
                && isPair(text, at + 3)
                && text[at + 5] == ':'
                && isPair(text, at + 6);
    }

    private static boolean isPair(byte[] text, int at) {
        return DecimalText.isDigit(text[at]) && DecimalText.isDigit(text[at + 1]);
    }

    private static boolean isUtcOffset(byte[] text, int at) {
        return at + 3 == text.length && text[at] == '+' && text[at + 1] == '0' && text[at + 2] == '0';
    }

    /** Copies a time and its first three fraction digits into the template. Returns the end position in the text. */
    private static int copyTime(byte[] text, int from, byte[] target) {
        System.arraycopy(text, from, target, 11, 8);
        int at = from + 8;
        if (at + 1 < text.length && text[at] == '.' && DecimalText.isDigit(text[at + 1])) {
            at++;
            for (int i = 20; at < text.length && DecimalText.isDigit(text[at]); at++, i++) {
                if (i < 23) {
                    target[i] = text[at];
                }
            }
        }
        return at;
    }

    private static long dateOf(long epochMillis) {
        if (epochMillis < -CivilDate.MAX_MILLIS || epochMillis > CivilDate.MAX_MILLIS) {
            throw new DateFormatException(Long.toString(epochMillis));
        }
        return CivilDate.ofEpochDay(Math.floorDiv(epochMillis, CivilDate.MILLIS_PER_DAY));
    }

    private static int milliOfDay(long epochMillis) {
        return (int) Math.floorMod(epochMillis, CivilDate.MILLIS_PER_DAY);
    }

    /** PostgreSQL counts 1 BC before AD 1 and has no year 0. */
    private static int postgresDate(long date, byte[] target, int at) {
        int year = CivilDate.year(date);
        int shown = year > 0 ? year : 1 - year;
        at = digits(shown, shown > 99_999 ? 6 : shown > 9999 ? 5 : 4, target, at);
        return monthAndDay(date, target, at);
    }

    private static int era(long date, byte[] target, int at) {
        if (CivilDate.year(date) <= 0) {
            target[at++] = ' ';
            target[at++] = 'B';
            target[at++] = 'C';
        }
        return at;
    }

    private static int monthAndDay(long date, byte[] target, int at) {
        target[at++] = '-';
        at = digits(CivilDate.month(date), 2, target, at);
        target[at++] = '-';
        return digits(CivilDate.day(date), 2, target, at);
    }

    private static int postgresTime(int milliOfDay, byte[] target, int at) {
        at = time(milliOfDay, target, at);
        int millis = milliOfDay % 1000;
        if (millis != 0) {
            target[at++] = '.';
            at = digits(millis, 3, target, at);
        }
        return at;
    }

    private static int time(int milliOfDay, byte[] target, int at) {
        at = digits(milliOfDay / 3_600_000, 2, target, at);
        target[at++] = ':';
        at = digits(milliOfDay / 60_000 % 60, 2, target, at);
        target[at++] = ':';
        return digits(milliOfDay / 1000 % 60, 2, target, at);
    }

    private static int digits(int value, int width, byte[] target, int at) {
        int rest = value;
        for (int i = at + width - 1; i >= at; i--) {
            target[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + width;
    }

    private static String text(byte[] ascii, int length) {
        return new String(ascii, 0, length, ISO_8859_1);
    }

    private static DateFormatException malformed(byte[] text) {
        return new DateFormatException(new String(text, ISO_8859_1));
    }
}
