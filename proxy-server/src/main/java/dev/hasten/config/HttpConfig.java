package dev.hasten.config;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Limits on what a client may send, and how long it may take. */
public record HttpConfig(
        @Setting(value = "16kb", min = "1kb", max = "1mb", doc = "Largest request line plus headers.")
        long headerBytes,

        @Setting(value = "16mb", min = "1kb", max = "1gb", doc = "Largest request body.")
        long bodyBytes,

        @Setting(value = "10s", doc = "Longest wait for the complete request head.")
        Duration headTimeout,

        @Setting(value = "10s", doc = "Longest wait for the next bytes of a request body.")
        Duration bodyTimeout,

        @Setting(value = "30s", doc = "Longest wait for a client to take the next bytes of a response.")
        Duration writeTimeout,

        @Setting(
                value = "8kb",
                min = "1",
                max = "1gb",
                zero = "no minimum",
                doc = "Slowest average rate of a request body that takes longer than `http.body_timeout`, and of a"
                        + " response that takes longer than `http.write_timeout`; slower ones are ended.")
        long minBytesPerSecond,

        @Setting(value = "75s", doc = "A connection without a request is closed after this.")
        Duration idleTimeout,

        @Setting(value = "10000", min = "1", max = "1000000", doc = "Most client connections at a time.")
        int connections,

        @Setting(
                value = "100",
                min = "1",
                max = "1000000",
                zero = "no limit",
                doc =
                        "Most requests without a valid API key that an address may send per minute. Further ones get status"
                                + " 429, and their connection is closed. Requests with a valid key are not affected. Requests"
                                + " forwarded by a proxy in a private network are exempt; set 0 if your proxy has a public address.")
        int wrongKeys,

        @Setting(
                value = "10000",
                min = "1",
                max = "1000000",
                doc =
                        "Most addresses that are tracked for `http.wrong_keys`. When there are more, others are forgotten.")
        int wrongKeyAddresses,

        @Setting(value = "0", min = "1", max = "1024", zero = "one per core", doc = "Event-loop threads.")
        int threads,

        @Setting(value = "500", min = "10", max = "1000", doc = "Deepest nesting of a JSON request body.")
        int nestingDepth,

        @Setting(
                value = "4000000",
                min = "1000",
                max = "100000000",
                doc = "Most JSON values and member names in a request body. Larger ones are refused with status 413.")
        int maxJsonValues,

        @Setting(
                pattern = "\\*|https?://[A-Za-z0-9.:\\[\\]-]+(,https?://[A-Za-z0-9.:\\[\\]-]+)*",
                doc = "Pages of browsers that may use `/sql` from other origins: origins such as"
                        + " `https://app.example.com` with commas between them, or `*` for all. A page that asks must"
                        + " have an API key, which everybody who sees the page has then, too: give it a key that may"
                        + " only `read`. When unset, none.")
        @Nullable
        String corsOrigins) {
    /** The origins that may ask, none by default. */
    public Set<String> allowedOrigins() {
        return corsOrigins == null ? Set.of() : Set.of(corsOrigins.split(",", -1));
    }

    /** Event-loop threads to start: {@link #threads()}, or one per core where that is 0. */
    public int eventLoopThreads() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
