package dev.hasten.protocol.value;

/**
 * A day of the proleptic Gregorian calendar with an astronomical year (0 is 1 BC), packed into a long so that hot paths
 * do not allocate.
 */
final class CivilDate {
    static final long MILLIS_PER_DAY = 86_400_000;

    /** ECMAScript's time range: 100 million days on either side of the epoch. */
    static final long MAX_MILLIS = 8_640_000_000_000_000L;

    private static final long DAYS_PER_ERA = 146_097;
    private static final long YEARS_PER_ERA = 400;

    /** Days from 0000-03-01 to 1970-01-01. Eras start in March so that the leap day comes last. */
    private static final long EPOCH = 719_468;

    private CivilDate() {}

    /** Days since 1970-01-01. A day past the end of the month rolls over into the next month, as in JavaScript. */
    static long toEpochDay(long year, int month, int day) {
        long marchYear = month > 2 ? year : year - 1;
        long era = Math.floorDiv(marchYear, YEARS_PER_ERA);
        long yearOfEra = marchYear - era * YEARS_PER_ERA;
        long monthFromMarch = (month + 9L) % 12;
        long dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1;
        return era * DAYS_PER_ERA + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - EPOCH;
    }

    static long ofEpochDay(long epochDay) {
        long shifted = epochDay + EPOCH;
        long era = Math.floorDiv(shifted, DAYS_PER_ERA);
        long dayOfEra = shifted - era * DAYS_PER_ERA;
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long monthFromMarch = (5 * dayOfYear + 2) / 153;
        long day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        long month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        long year = era * YEARS_PER_ERA + yearOfEra + (month <= 2 ? 1 : 0);
        return (year << 9) | (month << 5) | day;
    }

    static int year(long packed) {
        return (int) (packed >> 9);
    }

    static int month(long packed) {
        return (int) (packed >> 5) & 15;
    }

    static int day(long packed) {
        return (int) packed & 31;
    }
}
