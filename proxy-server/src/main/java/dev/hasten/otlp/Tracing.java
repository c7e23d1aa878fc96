package dev.hasten.otlp;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.hasten.activity.Timeline.Kind;
import dev.hasten.activity.Timeline.Step;
import dev.hasten.config.DatabaseUrl;
import dev.hasten.config.OtlpConfig;
import dev.hasten.http.CompletedRequest;
import dev.hasten.http.Exchange;
import dev.hasten.http.RequestObserver;
import dev.hasten.postgres.SqlMask;
import dev.hasten.postgres.SqlSummary;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports a trace of each request. Its spans are created when the request is completed, from what its {@link dev.hasten.activity.Timeline} has
 * recorded, so a request that is not traced costs almost nothing. Names and attributes follow OpenTelemetry's stable semantic
 * conventions for HTTP and databases.
 */
public final class Tracing implements RequestObserver, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tracing.class);
    private static final int BATCH = 512;
    private static final int SQL_LENGTH = 2000;
    private static final int PERCENT = 100;
    /** Load balancers send these all the time. */
    private static final Set<String> PROBES = Set.of("/health", "/ready");

    /** How long the server waits for the last export when it stops. */
    private static final Duration LAST_EXPORT = Duration.ofSeconds(2);

    private static final TextMapGetter<FinishedRequest> HEADERS = new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable FinishedRequest carrier, String key) {
            return carrier == null
                    ? null
                    : switch (key) {
                        case "traceparent" -> carrier.traceParent();
                        case "tracestate" -> carrier.traceState();
                        default -> null;
                    };
        }
    };

    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final CountingExporter exporter;
    private final int tracePercent;
    private final Map<String, DatabaseUrl> databases;
    private final LongAdder dropped = new LongAdder();
    /** Creates spans, because masking long statements takes too long for an event loop. */
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("hasten-tracing").daemon().factory());

    /**
     * Starts the export.
     *
     * @param config must have an endpoint
     * @param version version of Hasten
     * @param databases the URLs of the databases by name
     */
    public Tracing(OtlpConfig config, String version, Map<String, DatabaseUrl> databases) {
        OtlpHttpSpanExporterBuilder http = OtlpHttpSpanExporter.builder()
                .setEndpoint(Otlp.url(config, "/v1/traces"))
                .setTimeout(Otlp.TIMEOUT);
        config.headersByName().forEach(http::addHeader);
        this.exporter = new CountingExporter(http.build(), config.maxSpans());
        this.tracePercent = config.tracePercent();
        this.databases = Map.copyOf(databases);
        this.provider = SdkTracerProvider.builder()
                .setResource(Otlp.resource(config, version))
                .setSampler(Sampler.alwaysOn())
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setMaxQueueSize(config.maxSpans())
                        .setMaxExportBatchSize(BATCH)
                        .setExporterTimeout(Otlp.TIMEOUT)
                        .build())
                .build();
        this.tracer = provider.get("dev.hasten", version);
    }

    @Override
    public void completed(CompletedRequest request) {
        Exchange exchange = request.exchange();
        if (exchange == null || PROBES.contains(request.route()) || !isSampled(exchange.traceParent())) {
            return;
        }
        FinishedRequest finished = FinishedRequest.of(request, exchange);
        int spans = finished.steps().size() + 1;
        if (!exporter.reserve(spans)) {
            dropped.increment();
            return;
        }
        Clock clock = Clock.now();
        try {
            worker.execute(() -> {
                try {
                    export(finished, clock);
                } catch (RuntimeException e) {
                    exporter.release(spans);
                    LOG.warn("the spans of a request cannot be created", e);
                }
            });
        } catch (RejectedExecutionException e) {
            // The server is stopping.
            exporter.release(spans);
        }
    }

    /** The client decides if it sends a trace: the last byte of the header has the flags (W3C Trace Context, section 3.2.2.5). */
    private boolean isSampled(@Nullable String traceParent) {
        return traceParent == null
                ? ThreadLocalRandom.current().nextInt(PERCENT) < tracePercent
                : (Integer.parseInt(traceParent.substring(traceParent.length() - 2), 16) & 1) == 1;
    }

    private void export(FinishedRequest request, Clock clock) {
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), request, HEADERS);
        SpanBuilder builder = tracer.spanBuilder(request.method() + " " + request.route())
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(clock.epochNanos(request.startNanos()), NANOSECONDS)
                .setAttribute("http.request.method", request.method().equals("other") ? "_OTHER" : request.method())
                .setAttribute("http.response.status_code", (long) request.status())
                .setAttribute("http.request.body.size", request.requestBytes())
                .setAttribute("http.response.body.size", request.responseBytes())
                .setAttribute("url.path", request.path());
        if (!request.route().equals(Exchange.UNMATCHED)) {
            builder.setAttribute("http.route", request.route());
        }
        request.attributes().forEach(builder::setAttribute);
        Span span = builder.startSpan();
        Context context = parent.with(span);
        request.steps().forEach(step -> export(step, context, clock, request.database()));
        if (request.status() >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end(clock.epochNanos(request.startNanos() + request.nanos()), NANOSECONDS);
    }

    private void export(Step step, Context parent, Clock clock, String database) {
        String sql = step.sql();
        String summary = sql == null ? name(step.kind()) : SqlSummary.of(sql);
        SpanBuilder builder = tracer.spanBuilder(summary)
                .setParent(parent)
                .setStartTimestamp(clock.epochNanos(step.startNanos()), NANOSECONDS);
        if (sql != null) {
            describe(builder, sql, summary);
            describe(builder, databases.get(database));
        }
        if (step.error() != null) {
            builder.setAttribute("error.type", step.error());
            if (step.error().length() == 5) {
                builder.setAttribute("db.response.status_code", step.error());
            }
        }
        Span span = builder.startSpan();
        if (step.error() != null) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end(clock.epochNanos(step.endNanos()), NANOSECONDS);
    }

    private static void describe(SpanBuilder span, String sql, String summary) {
        span.setSpanKind(SpanKind.CLIENT)
                .setAttribute("db.system.name", "postgresql")
                .setAttribute("db.query.summary", summary);
        // The value of a setting may be a word, which is not masked.
        if (!summary.startsWith("SET") && !summary.startsWith("ALTER")) {
            span.setAttribute("db.query.text", masked(sql));
        }
    }

    private static void describe(SpanBuilder span, @Nullable DatabaseUrl url) {
        if (url == null) {
            return;
        }
        span.setAttribute("db.namespace", url.database());
        // With several hosts, it is not known which one is connected.
        if (url.hosts().size() == 1) {
            DatabaseUrl.Host host = url.hosts().getFirst();
            span.setAttribute("server.address", host.name()).setAttribute("server.port", (long) host.port());
        }
    }

    private static String name(Kind kind) {
        return switch (kind) {
            case AUTHENTICATION -> "authentication";
            case CACHE -> "cache";
            case CONNECTION -> "pool wait";
            case STATEMENT -> "statement";
        };
    }

    /** Literals are masked, because they may be personal data. */
    private static String masked(String sql) {
        String masked = SqlMask.of(sql);
        return masked.length() <= SQL_LENGTH ? masked : masked.substring(0, SQL_LENGTH) + "...";
    }

    /** The number of requests whose trace was dropped because too many spans waited for their export. */
    public long dropped() {
        return dropped.sum();
    }

    /** The number of spans that could not be exported. */
    public long failed() {
        return exporter.failed();
    }

    /** Exports what is waiting, within {@link #LAST_EXPORT} each, and ends the export. */
    @Override
    public void close() {
        worker.shutdown();
        try {
            var _ = worker.awaitTermination(LAST_EXPORT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var _ = provider.shutdown().join(LAST_EXPORT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Converts times of {@link System#nanoTime} to the time since the epoch. */
    private record Clock(long nanos, long epoch) {
        static Clock now() {
            Instant now = Instant.now();
            return new Clock(System.nanoTime(), now.getEpochSecond() * 1_000_000_000L + now.getNano());
        }

        long epochNanos(long at) {
            return epoch + (at - nanos);
        }
    }
}
