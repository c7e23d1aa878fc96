package dev.hasten.otlp;

import dev.hasten.config.OtlpConfig;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The receiver of traces and metrics, and how this process describes itself to it. */
public final class Otlp {
    /** Kept, because loggers are otherwise garbage-collected with their level. The exporter reports failures by itself. */
    private static final Logger SDK = Logger.getLogger("io.opentelemetry");

    static {
        SDK.setLevel(Level.OFF);
    }

    /** Maximum time for an export. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private Otlp() {}

    /** A registry that sends its meters to the receiver. */
    public static MeterRegistry meters(OtlpConfig config, String version) {
        return OtlpMeterRegistry.builder(new io.micrometer.registry.otlp.OtlpConfig() {
                    @Override
                    public @Nullable String get(String key) {
                        return null;
                    }

                    @Override
                    public String url() {
                        return Otlp.url(config, "/v1/metrics");
                    }

                    @Override
                    public Duration step() {
                        return config.metricsInterval();
                    }

                    @Override
                    public Map<String, String> headers() {
                        return config.headersByName();
                    }

                    @Override
                    public Map<String, String> resourceAttributes() {
                        return Map.of("service.name", config.serviceName(), "service.version", version);
                    }
                })
                .clock(Clock.SYSTEM)
                .metricsSender(new MetricsSender())
                .build();
    }

    static Resource resource(OtlpConfig config, String version) {
        return Resource.getDefault()
                .merge(Resource.create(Attributes.builder()
                        .put("service.name", config.serviceName())
                        .put("service.version", version)
                        .build()));
    }

    static String url(OtlpConfig config, String path) {
        String endpoint = Objects.requireNonNull(config.endpoint(), "otlp.endpoint is null");
        return (endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint) + path;
    }
}
