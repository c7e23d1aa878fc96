package dev.hasten.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

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

    /** The highest quota: the largest integer of a structured header field (RFC 9651), which reports it. */
    public static final long HIGHEST_QUOTA = 999_999_999_999_999L;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range; the message names it
     */
    public KeyLimits {
        check("requests_per_second", requestsPerSecond, HIGHEST_RATE);
        check("burst", burst, HIGHEST_RATE);
        check("max_concurrent", concurrent, HIGHEST_RATE);
        check("requests_per_day", requestsPerDay, HIGHEST_QUOTA);
        check("requests_per_month", requestsPerMonth, HIGHEST_QUOTA);
        check("bytes_per_day", bytesPerDay, HIGHEST_QUOTA);
        check("bytes_per_month", bytesPerMonth, HIGHEST_QUOTA);
        if (burst > 0 && requestsPerSecond == 0) {
            throw new IllegalArgumentException("burst requires requests_per_second");
        }
    }

    private static void check(String name, long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(
                    name + " is " + value + "; use 0 to " + max + ", where 0 means no limit");
        }
    }

    /** The limits that are set, for people: {@code requests_per_second 100, burst 200}. */
    public String described() {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("requests_per_second", (long) requestsPerSecond);
        all.put("burst", (long) burst);
        all.put("max_concurrent", (long) concurrent);
        all.put("requests_per_day", requestsPerDay);
        all.put("requests_per_month", requestsPerMonth);
        all.put("bytes_per_day", bytesPerDay);
        all.put("bytes_per_month", bytesPerMonth);
        return all.entrySet().stream()
                .filter(limit -> limit.getValue() > 0)
                .map(limit -> limit.getKey() + " " + limit.getValue())
                .collect(Collectors.joining(", "));
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
