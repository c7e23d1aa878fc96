package dev.hasten.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The export of traces and metrics by the OpenTelemetry protocol (OTLP). */
public record OtlpConfig(
        @Setting(
                doc =
                        "Base URL of an OTLP receiver for HTTP with protobuf, such as `http://localhost:4318`. Hasten sends to"
                                + " `/v1/traces` and `/v1/metrics` below it. When unset, nothing is exported.")
        @Nullable
        String endpoint,

        @Setting(
                pattern =
                        "[!#-'*+.^_`|~0-9A-Za-z-]+=[\\x21-\\x2b\\x2d-\\x7e]+(,[!#-'*+.^_`|~0-9A-Za-z-]+=[\\x21-\\x2b\\x2d-\\x7e]+)*",
                allowed = "headers such as api-key=SECRET, separated by commas",
                doc =
                        "Headers of these requests, separated by commas, such as `api-key=SECRET`. Values are percent-encoded, as in"
                                + " OpenTelemetry's `OTEL_EXPORTER_OTLP_HEADERS`: `authorization=Bearer%20SECRET`.")
        @Nullable
        Secret headers,

        @Setting(value = "hasten", doc = "Name of this service in traces and metrics.")
        String serviceName,

        @Setting(value = "true", doc = "Whether traces are exported.")
        boolean traces,

        @Setting(
                value = "100",
                min = "1",
                max = "100",
                zero = "none",
                doc =
                        "How many percent of the requests without a `traceparent` header are traced. Requests with the header are traced"
                                + " if its sampled flag is set.")
        int tracePercent,

        @Setting(
                value = "8192",
                min = "512",
                max = "1000000",
                doc =
                        "How many spans may wait for their export, 1 to 8 KB each. Traces of further requests are dropped.")
        int maxSpans,

        @Setting(value = "true", doc = "Whether metrics are exported, in addition to `GET /metrics`.")
        boolean metrics,

        @Setting(value = "1m", min = "1s", max = "1h", doc = "How often metrics are exported.")
        Duration metricsInterval) {
    /**
     * The headers of requests by name.
     *
     * @throws IllegalArgumentException if a value is not percent-encoded correctly
     */
    public Map<String, String> headersByName() {
        Map<String, String> byName = new LinkedHashMap<>();
        if (headers != null) {
            for (String header : headers.value().split(",", -1)) {
                int equals = header.indexOf('=');
                byName.put(header.substring(0, equals), decoded(header.substring(equals + 1)));
            }
        }
        return byName;
    }

    /** Unlike in forms, a plus is a plus. */
    private static String decoded(String value) {
        return URLDecoder.decode(value.replace("+", "%2B"), UTF_8);
    }

    /** Whether traces are exported. */
    public boolean exportsTraces() {
        return endpoint != null && traces;
    }

    /** Whether metrics are exported. */
    public boolean exportsMetrics() {
        return endpoint != null && metrics;
    }
}
