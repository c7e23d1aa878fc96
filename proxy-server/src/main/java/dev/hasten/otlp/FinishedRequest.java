package dev.hasten.otlp;

import dev.hasten.activity.RequestActivity;
import dev.hasten.activity.Timeline;
import dev.hasten.activity.Timeline.Step;
import dev.hasten.http.CompletedRequest;
import dev.hasten.http.Exchange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the trace of a request consists of. Does not refer to the exchange, whose body would otherwise stay in memory.
 *
 * @param path the path as sent; the end of a long one is cut off
 * @param traceParent the trace header of the client; null if it is missing or malformed
 * @param traceState the vendors' part of the trace header; null if it is missing
 * @param startNanos {@link System#nanoTime} when its head was complete
 * @param database the database of its API key; empty if it has no valid one
 * @param attributes further attributes of its span
 * @param steps what it did
 */
record FinishedRequest(
        String method,
        String route,
        String path,
        int status,
        long requestBytes,
        long responseBytes,
        @Nullable String traceParent,
        @Nullable String traceState,
        long startNanos,
        long nanos,
        String database,
        Map<String, String> attributes,
        List<Step> steps) {
    private static final int PATH_LENGTH = 500;

    static FinishedRequest of(CompletedRequest request, Exchange exchange) {
        RequestActivity activity = exchange.attachment() instanceof RequestActivity known ? known : null;
        Timeline timeline = activity == null ? null : activity.timeline();
        // A malformed traceparent is ignored, so its tracestate must be, too.
        String traceParent = exchange.traceParent();
        return new FinishedRequest(
                request.method(),
                request.route(),
                exchange.path().length() <= PATH_LENGTH
                        ? exchange.path()
                        : exchange.path().substring(0, PATH_LENGTH),
                request.status(),
                request.requestBytes(),
                request.responseBytes(),
                traceParent,
                traceParent == null ? null : exchange.header("tracestate"),
                exchange.arrivalNanos(),
                request.nanos(),
                activity == null ? "" : activity.origin().database(),
                attributes(request, exchange, activity, timeline),
                timeline == null ? List.of() : timeline.steps());
    }

    private static Map<String, String> attributes(
            CompletedRequest request,
            Exchange exchange,
            @Nullable RequestActivity activity,
            @Nullable Timeline timeline) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("hasten.request.id", exchange.requestId());
        String error = request.errorCode();
        if (activity != null) {
            attributes.put("hasten.database", activity.origin().database());
            attributes.put("hasten.key.id", activity.origin().key().id());
            if (activity.outcome() != null) {
                attributes.put("hasten.cache.status", activity.outcome().label());
            }
            if (activity.uncachedReason() != null) {
                attributes.put("hasten.cache.reason", activity.uncachedReason());
            }
            if (activity.shape() != null) {
                attributes.put("hasten.query", activity.shape().label());
            }
            error = error == null ? activity.errorCode() : error;
        }
        if (error != null || request.status() >= 500) {
            attributes.put("error.type", error == null ? Integer.toString(request.status()) : error);
        }
        if (timeline != null && timeline.omitted() > 0) {
            attributes.put("hasten.omitted_spans", Integer.toString(timeline.omitted()));
        }
        return attributes;
    }
}
