package dev.hasten.cli;

import dev.hasten.config.KeyLimits;
import picocli.CommandLine.Option;

/** Options for the limits of a new key. */
final class KeyLimitOptions {
    @Option(
            names = "--requests-per-second",
            paramLabel = "COUNT",
            description = "Requests per second, on average. Default for this and the other limits: no limit.")
    private int requestsPerSecond;

    @Option(
            names = "--burst",
            paramLabel = "COUNT",
            description = "How many requests may arrive at once. Default: the requests per second.")
    private int burst;

    @Option(names = "--max-concurrent", paramLabel = "COUNT", description = "Requests that run at the same time.")
    private int maxConcurrent;

    @Option(names = "--requests-per-day", paramLabel = "COUNT", description = "Requests per day, in UTC.")
    private long requestsPerDay;

    @Option(names = "--requests-per-month", paramLabel = "COUNT", description = "Requests per month, in UTC.")
    private long requestsPerMonth;

    @Option(
            names = "--bytes-per-day",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Size of request and response bodies per day, in UTC, such as 500mb or 10gb.")
    private long bytesPerDay;

    @Option(
            names = "--bytes-per-month",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Size of request and response bodies per month, in UTC, such as 500mb or 10gb.")
    private long bytesPerMonth;

    /**
     * The limits.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    KeyLimits limits() {
        return new KeyLimits(
                requestsPerSecond, burst, maxConcurrent, requestsPerDay, requestsPerMonth, bytesPerDay, bytesPerMonth);
    }
}
