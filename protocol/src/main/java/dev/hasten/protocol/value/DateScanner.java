package dev.hasten.protocol.value;

import java.nio.charset.StandardCharsets;

/** Parses dates field by field: JavaScript's ISO formats and all formats of PostgreSQL's ISO output. */
final class DateScanner {
    private static final int MAX_YEAR_DIGITS = 7;

    private final byte[] text;
    private int at;

    DateScanner(byte[] text) {
        this.text = text;
    }

    /** The subset of {@code Date.parse} that is documented at {@link JsDates#parseMillis}. */
    long iso() {
        int year = isoYear();
        int month = 1;
        int day = 1;
        if (accept('-')) {
            month = number(2);
            if (accept('-')) {
                day = number(2);
            }
        }
        long millis = dayMillis(year, month, day);
        if (accept('T') || accept('t') || accept(' ')) {
            millis += timeOfDay(false);
            if (!accept('Z') && !accept('z')) {
                millis -= offset();
            }
        }
        return end(millis);
    }

    /** PostgreSQL's timestamp and timestamptz: {@code 10000-01-01 00:00:00.5+00 BC}, offset and era optional. */
    long timestamp() {
        int year = postgresYear();
        int month = number(2);
        require('-');
        int day = number(2);
        require(' ');
        long time = timeOfDay(true);
        time -= offset();
        return end(dayMillis(era(year), month, day) + time);
    }

    /** PostgreSQL's date: {@code 0044-03-15 BC}, era optional. */
    long date() {
        int year = postgresYear();
        int month = number(2);
        require('-');
        int day = number(2);
        return end(dayMillis(era(year), month, day));
    }

    private int isoYear() {
        boolean negative = accept('-');
        if (!negative && !accept('+')) {
            return number(4);
        }
        int year = number(6);
        if (negative && year == 0) {
            throw malformed();
        }
        return negative ? -year : year;
    }

    private int postgresYear() {
        int start = at;
        while (at < text.length && DecimalText.isDigit(text[at])) {
            at++;
        }
        int digits = at - start;
        if (digits < 4 || digits > MAX_YEAR_DIGITS) {
            throw malformed();
        }
        at = start;
        int year = number(digits);
        require('-');
        return year;
    }

    private int era(int year) {
        if (!accept(' ')) {
            return year;
        }
        require('B');
        require('C');
        return 1 - year;
    }

    private long dayMillis(int year, int month, int day) {
        if (month < 1 || month > 12 || day < 1 || day > 31) {
            throw malformed();
        }
        return CivilDate.toEpochDay(year, month, day) * CivilDate.MILLIS_PER_DAY;
    }

    private long timeOfDay(boolean secondsRequired) {
        int hour = number(2);
        require(':');
        int minute = number(2);
        int second = 0;
        int milli = 0;
        boolean restIsZero = true;
        if (secondsRequired) {
            require(':');
        }
        if (secondsRequired || accept(':')) {
            second = number(2);
            if (accept('.')) {
                int start = at;
                for (int scale = 100; at < text.length && DecimalText.isDigit(text[at]); at++, scale /= 10) {
                    milli += (text[at] - '0') * scale;
                    restIsZero &= text[at] == '0';
                }
                if (at == start) {
                    throw malformed();
                }
            }
        }
        boolean midnight = hour == 24 && minute == 0 && second == 0 && restIsZero;
        if ((hour > 23 && !midnight) || minute > 59 || second > 59) {
            throw malformed();
        }
        return ((hour * 60L + minute) * 60 + second) * 1000 + milli;
    }

    /**
     * Milliseconds east of UTC of {@code +hh}, {@code +hhmm}, {@code +hh:mm} or {@code +hh:mm:ss}; 0 if there is
     * no offset.
     */
    private long offset() {
        boolean negative = accept('-');
        if (!negative && !accept('+')) {
            return 0;
        }
        int hour = number(2);
        int minute = 0;
        int second = 0;
        if (accept(':')) {
            minute = number(2);
            if (accept(':')) {
                second = number(2);
            }
        } else if (at < text.length && DecimalText.isDigit(text[at])) {
            minute = number(2);
        }
        if (hour > 23 || minute > 59 || second > 59) {
            throw malformed();
        }
        long millis = ((hour * 60L + minute) * 60 + second) * 1000;
        return negative ? -millis : millis;
    }

    private long end(long millis) {
        if (at != text.length || millis < -CivilDate.MAX_MILLIS || millis > CivilDate.MAX_MILLIS) {
            throw malformed();
        }
        return millis;
    }

    private int number(int digits) {
        if (at + digits > text.length) {
            throw malformed();
        }
        int value = 0;
        for (int i = 0; i < digits; i++) {
            byte b = text[at++];
            if (!DecimalText.isDigit(b)) {
                throw malformed();
            }
            value = value * 10 + b - '0';
        }
        return value;
    }

    private boolean accept(char c) {
        if (at < text.length && text[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private void require(char c) {
        if (!accept(c)) {
            throw malformed();
        }
    }

    private DateFormatException malformed() {
        return new DateFormatException(new String(text, StandardCharsets.UTF_8));
    }
}
