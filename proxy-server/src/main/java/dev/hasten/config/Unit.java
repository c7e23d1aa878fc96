package dev.hasten.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The unit of a number and its suffixes. */
enum Unit {
    /** A plain number without a suffix. */
    COUNT("a whole number", "0", String.valueOf(Integer.MAX_VALUE)),
    /** Bytes; the suffixes are powers of 1024. */
    BYTES("a size such as 64kb, 5mb, 1gb or a number of bytes,", "1", "1gb"),
    /** Milliseconds. The suffix is required because a bare number could be mistaken for seconds. */
    TIME("a duration such as 250ms, 10s, 2m or 1h,", "1ms", "24h");

    private static final Pattern SYNTAX = Pattern.compile("(\\d+)([a-z]*)");

    private final String noun;
    private final String defaultMin;
    private final String defaultMax;

    Unit(String noun, String defaultMin, String defaultMax) {
        this.noun = noun;
        this.defaultMin = defaultMin;
        this.defaultMax = defaultMax;
    }

    private record Suffix(String text, long factor) {}

    /** Largest first and the one with factor 1 last, so that {@link #format} finds the shortest text. */
    private List<Suffix> suffixes() {
        return switch (this) {
            case COUNT -> List.of(new Suffix("", 1));
            case BYTES ->
                List.of(
                        new Suffix("gb", 1 << 30),
                        new Suffix("mb", 1 << 20),
                        new Suffix("kb", 1 << 10),
                        new Suffix("", 1));
            case TIME ->
                List.of(
                        new Suffix("h", 3_600_000),
                        new Suffix("m", 60_000),
                        new Suffix("s", 1_000),
                        new Suffix("ms", 1));
        };
    }

    /**
     * Parses a number with its suffix.
     *
     * @throws IllegalArgumentException if the text is not a number with a valid suffix
     * @throws ArithmeticException if the number is too large
     */
    long parse(String text) {
        Matcher matcher = SYNTAX.matcher(text.toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            for (Suffix suffix : suffixes()) {
                if (suffix.text().equals(matcher.group(2))) {
                    return Math.multiplyExact(Long.parseLong(matcher.group(1)), suffix.factor());
                }
            }
        }
        throw new IllegalArgumentException("not " + noun);
    }

    /** The shortest exact text: 10000 ms is {@code 10s}, 1500 bytes is {@code 1500}. */
    String format(long number) {
        if (number == 0) {
            return this == TIME ? "0s" : "0";
        }
        for (Suffix suffix : suffixes()) {
            if (number % suffix.factor() == 0) {
                return number / suffix.factor() + suffix.text();
            }
        }
        throw new IllegalStateException("the last factor is 1");
    }

    /** The value for a record component: an {@code int}, a {@code long} or a {@link Duration}. */
    Object box(long number) {
        return switch (this) {
            case COUNT -> Math.toIntExact(number);
            case BYTES -> number;
            case TIME -> Duration.ofMillis(number);
        };
    }

    /** The number in a value returned by {@link #box}. */
    long unbox(Object value) {
        return switch (this) {
            case COUNT -> (Integer) value;
            case BYTES -> (Long) value;
            case TIME -> ((Duration) value).toMillis();
        };
    }

    /** The noun phrase that precedes "from ... to ..." in messages. */
    String noun() {
        return noun;
    }

    /** The minimum of a key that does not declare one. */
    String defaultMin() {
        return defaultMin;
    }

    /** The maximum of a key that does not declare one. */
    String defaultMax() {
        return defaultMax;
    }
}
