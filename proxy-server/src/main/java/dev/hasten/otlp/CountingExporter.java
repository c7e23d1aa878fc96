package dev.hasten.otlp;

import dev.hasten.http.WarningLimit;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the spans that wait for their export, and counts those that could not be exported. The queue of the SDK has a limit, too,
 * but drops single spans, which would leave incomplete traces.
 */
final class CountingExporter implements SpanExporter {
    private static final Logger LOG = LoggerFactory.getLogger(CountingExporter.class);

    private final SpanExporter exporter;
    private final int maxSpans;
    private final AtomicInteger pending = new AtomicInteger();
    private final LongAdder failed = new LongAdder();
    private final WarningLimit warnings = new WarningLimit();

    CountingExporter(SpanExporter exporter, int maxSpans) {
        this.exporter = exporter;
        this.maxSpans = maxSpans;
    }

    /** Called before spans are created. Returns false if too many are waiting. */
    boolean reserve(int spans) {
        int before = pending.getAndUpdate(count -> count + spans > maxSpans ? count : count + spans);
        return before + spans <= maxSpans;
    }

    /** Gives back what {@link #reserve} has taken for spans that are not created. */
    void release(int spans) {
        pending.addAndGet(-spans);
    }

    long failed() {
        return failed.sum();
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        // The SDK uses the collection again when it no longer waits for the result.
        int count = spans.size();
        CompletableResultCode result;
        try {
            result = exporter.export(spans);
        } catch (RuntimeException e) {
            result = CompletableResultCode.ofExceptionalFailure(e);
        }
        CompletableResultCode completed = result;
        return completed.whenComplete(() -> {
            release(count);
            if (!completed.isSuccess()) {
                failed.add(count);
                if (warnings.allows()) {
                    LOG.warn(
                            "traces cannot be exported to otlp.endpoint; {} spans were lost so far: {}",
                            failed.sum(),
                            reason(completed.getFailureThrowable()));
                }
            }
        });
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure == null ? null : failure.getCause();
        return cause == null ? "the receiver has refused them" : cause.toString();
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
