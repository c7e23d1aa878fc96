package dev.hasten.otlp;

import dev.hasten.http.WarningLimit;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the spans that wait for their export, and those that could not be exported. */
final class CountingExporter implements SpanExporter {
    private static final Logger LOG = LoggerFactory.getLogger(CountingExporter.class);

    private final SpanExporter exporter;
    private final AtomicLong pending = new AtomicLong();
    private final LongAdder failed = new LongAdder();
    private final WarningLimit warnings = new WarningLimit();

    CountingExporter(SpanExporter exporter) {
        this.exporter = exporter;
    }

    /** Called before spans are created. */
    void started(int spans) {
        pending.addAndGet(spans);
    }

    /** Called for spans that will not be exported. */
    void ended(int spans) {
        pending.addAndGet(-spans);
    }

    /** The number of spans that have started and are not exported yet. */
    long pending() {
        return pending.get();
    }

    long failed() {
        return failed.sum();
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(() -> {
            pending.addAndGet(-spans.size());
            if (!result.isSuccess()) {
                failed.add(spans.size());
                if (warnings.allows()) {
                    LOG.warn("traces cannot be exported to otlp.endpoint; {} spans were lost so far", failed.sum());
                }
            }
        });
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
