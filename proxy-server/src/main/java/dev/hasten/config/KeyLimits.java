package dev.hasten.config;

/**
 * How much the requests of an API key may use. 0 means no limit. Days and months are those of UTC.
 *
 * @param requestsPerSecond on average
 * @param burst how many requests may arrive at once; 0 means {@code requestsPerSecond}
 * @param concurrent requests that run at the same time
 * @param bytesPerDay of request and response bodies
 * @param bytesPerMonth of request and response bodies
 */
public record KeyLimits(
        int requestsPerSecond,
        int burst,
        int concurrent,
        long requestsPerDay,
        long requestsPerMonth,
        long bytesPerDay,
        long bytesPerMonth) {
    /** No limits. */
    public static final KeyLimits NONE = new KeyLimits(0, 0, 0, 0, 0, 0, 0);

    /** The highest rate and number of concurrent requests. */
    public static final int HIGHEST_RATE = 1_000_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public KeyLimits {
        check("requests_per_second", requestsPerSecond, HIGHEST_RATE);
        check("burst", burst, HIGHEST_RATE);
        check("max_concurrent", concurrent, HIGHEST_RATE);
        check("requests_per_day", requestsPerDay, Long.MAX_VALUE);
        check("requests_per_month", requestsPerMonth, Long.MAX_VALUE);
        check("bytes_per_day", bytesPerDay, Long.MAX_VALUE);
        check("bytes_per_month", bytesPerMonth, Long.MAX_VALUE);
        if (burst > 0 && requestsPerSecond == 0) {
            throw new IllegalArgumentException("burst requires requests_per_second");
        }
    }

    private static void check(String name, long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(name + " is " + value + "; use "
                    + (max == Long.MAX_VALUE ? "0 or more" : "0 to " + max) + ", where 0 means no limit");
        }
    }

    /** Whether nothing is limited. */
    public boolean isNone() {
        return equals(NONE);
    }

    /** How many requests may arrive at once. */
    public int effectiveBurst() {
        return burst == 0 ? requestsPerSecond : burst;
    }
}
