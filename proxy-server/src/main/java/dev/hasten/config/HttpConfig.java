package dev.hasten.config;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Limits on what clients may send and how long they may take. */
public record HttpConfig(
        @Setting(
                formerly = "header_bytes",
                value = "16kb",
                min = "1kb",
                max = "1mb",
                doc = "Maximum size of the request line plus headers.")
        long maxHeaderBytes,

        @Setting(
                formerly = "body_bytes",
                value = "16mb",
                min = "1kb",
                max = "1gb",
                doc = "Maximum size of a request body, also after it was inflated (`Content-Encoding: gzip`).")
        long maxBodyBytes,

        @Setting(value = "10s", doc = "Maximum time to receive the complete request head.")
        Duration headTimeout,

        @Setting(value = "2m", doc = "Maximum time to receive the complete request body.")
        Duration bodyTimeout,

        @Setting(value = "10s", doc = "Maximum time to wait for the next bytes of a request body.")
        Duration bodyIdleTimeout,

        @Setting(value = "30s", doc = "Maximum time to wait for a client to accept the next bytes of a response.")
        Duration writeTimeout,

        @Setting(
                value = "8kb",
                min = "1",
                max = "1gb",
                zero = "no minimum",
                doc = "Minimum average rate of a request body that takes longer than `http.body_idle_timeout`, and of a"
                        + " response that takes longer than `http.write_timeout`. Slower transfers are"
                        + " aborted.")
        long minBytesPerSecond,

        @Setting(value = "75s", doc = "An idle connection is closed after this time.")
        Duration idleTimeout,

        @Setting(
                formerly = "connections",
                value = "10000",
                min = "1",
                max = "1000000",
                doc = "Maximum number of concurrent client connections.")
        int maxConnections,

        @Setting(
                formerly = "wrong_keys",
                value = "100",
                min = "1",
                max = "1000000",
                zero = "no limit",
                doc = "Maximum number of requests without a valid API key per client address and minute. Further ones"
                        + " get status 429, and their connection is closed. Requests with a valid key are not"
                        + " affected. If a proxy forwards the requests, set `http.trusted_proxies`;"
                        + " otherwise requests that a proxy in a private network forwards are exempt.")
        int wrongKeysPerMinute,

        @Setting(
                formerly = "wrong_key_addresses",
                value = "10000",
                min = "1",
                max = "1000000",
                doc = "Maximum number of addresses tracked for `http.wrong_keys_per_minute`. When there are"
                        + " more, some addresses are forgotten.")
        int maxWrongKeyAddresses,

        @Setting(
                doc =
                        "Addresses of the proxies in front of this server. Their `X-Forwarded-For`, `X-Forwarded-Host` and"
                                + " `X-Forwarded-Proto` are believed, so they must replace those of their clients.")
        @Nullable
        Networks trustedProxies,

        @Setting(
                value = "false",
                doc =
                        "Whether connections from `http.trusted_proxies` begin with a header of the PROXY protocol, version 1 or"
                                + " 2.")
        boolean proxyProtocol,

        @Setting(value = "0", min = "1", max = "1024", zero = "one per core", doc = "Number of event-loop threads.")
        int threads,

        @Setting(
                formerly = "nesting_depth",
                value = "500",
                min = "10",
                max = "1000",
                doc = "Maximum nesting depth of a JSON request body.")
        int maxNestingDepth,

        @Setting(
                value = "4000000",
                min = "1000",
                max = "100000000",
                doc = "Maximum number of JSON values and member names in a request body. Bodies with more are rejected"
                        + " with status 413.")
        int maxJsonValues,

        @Setting(
                pattern = "\\*|https?://[A-Za-z0-9.:\\[\\]-]+(,https?://[A-Za-z0-9.:\\[\\]-]+)*",
                allowed = "`*`, or origins such as `https://app.example.com`, separated by commas",
                doc = "Origins of web pages that may call `/sql` from a browser, such as `https://app.example.com`,"
                        + " separated by commas, or `*` for all. Anyone who can open such a page can read the"
                        + " API key in it, so use a key with only the `read` scope. When unset, no other origin"
                        + " may call it.")
        @Nullable
        String corsOrigins) {
    /** The allowed origins; empty by default. */
    public Set<String> allowedOrigins() {
        return corsOrigins == null ? Set.of() : Set.of(corsOrigins.split(",", -1));
    }

    /** The number of event-loop threads, with the default resolved. */
    public int eventLoopThreads() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
