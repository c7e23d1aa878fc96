package dev.hasten.config;

import java.time.Duration;

/** What one request or transaction may take of a database. */
public record LimitsConfig(
        @Setting(value = "10s", doc = "Longest run of one query; then it is cancelled and answered P6004.")
        Duration queryTimeout,

        @Setting(value = "15s", doc = "Longest life of an interactive transaction; a longer wish is cut to it.")
        Duration transactionTimeout,

        @Setting(
                value = "2s",
                zero = "a transaction never waits",
                doc = "Wait for a connection at the start of a transaction when the client says no `maxWait`.")
        Duration transactionWait,

        @Setting(
                value = "0",
                min = "1",
                max = "1000",
                zero = "pool size minus 2, at least 1",
                doc = "Most interactive transactions at a time; at most the pool's size.")
        int transactions,

        @Setting(value = "5mb", min = "1kb", max = "1gb", doc = "Largest answer; a larger one is P6009.")
        long responseBytes,

        @Setting(
                value = "0",
                min = "1kb",
                max = "2gb",
                zero = "8 times `limits.response_bytes`",
                doc = "Most memory that the result of one statement may take, as rows in the heap: some 50 bytes for a"
                        + " row and 20 for a value, besides the values' text.")
        long resultBytes) {
    /** Bytes of memory that the result of one statement may take, with the default worked out. */
    public long maxResultBytes() {
        return resultBytes == 0 ? 8 * responseBytes : resultBytes;
    }
}
