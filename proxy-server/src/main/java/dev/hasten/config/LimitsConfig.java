package dev.hasten.config;

import java.time.Duration;

/** Limits for one query or transaction of a database. */
public record LimitsConfig(
        @Setting(
                value = "10s",
                doc = "Maximum duration of one request, including the wait for a connection. Longer requests fail with"
                        + " P6004, and their statement is cancelled.")
        Duration queryTimeout,

        @Setting(
                value = "15s",
                doc = "Maximum duration of an interactive transaction; longer requested timeouts are reduced to this"
                        + " value.")
        Duration transactionTimeout,

        @Setting(
                value = "2s",
                zero = "a transaction never waits",
                doc = "Maximum time to wait for a connection at the start of a transaction when the client sends no"
                        + " `maxWait`.")
        Duration transactionWait,

        @Setting(
                formerly = "transactions",
                value = "0",
                min = "1",
                max = "1000",
                zero = "pool size minus 2, at least 1",
                doc = "Maximum number of concurrent interactive transactions; must not exceed `pool.size`.")
        int maxTransactions,

        @Setting(
                formerly = "response_bytes",
                value = "5mb",
                min = "1kb",
                max = "1gb",
                doc = "Maximum size of a response to Prisma Client; a larger one fails with P6009.")
        long maxResponseBytes,

        @Setting(
                value = "10mb",
                min = "1kb",
                max = "1gb",
                doc = "Maximum size of a response of SQL over HTTP, unless it is streamed. The default is Neon's.")
        long maxSqlResponseBytes,

        @Setting(
                value = "5m",
                doc =
                        "Maximum duration of a streamed response of SQL over HTTP, which uses a connection until its end.")
        Duration streamTimeout,

        @Setting(
                value = "0",
                min = "1",
                max = "1000",
                zero = "half of the pool size, at least 1",
                doc = "Maximum number of concurrent streamed responses; must not exceed `pool.size`.")
        int maxStreams,

        @Setting(
                formerly = "result_bytes",
                value = "0",
                min = "1kb",
                max = "2gb",
                zero = "8 times `limits.max_response_bytes`",
                doc = "Maximum heap memory for the rows of one statement's result: about 50 bytes per row and"
                        + " 20 per value, plus the text of the values. A larger result fails with P6009.")
        long maxResultBytes) {
    /** Maximum memory for the result of one statement in bytes, with the default resolved. */
    public long resultLimitBytes() {
        return maxResultBytes == 0 ? 8 * maxResponseBytes : maxResultBytes;
    }
}
