package dev.hasten.telemetry;

import dev.hasten.activity.RequestActivity;
import dev.hasten.activity.Timeline;
import dev.hasten.plan.StatementObserver;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.IsolationLevel;
import dev.hasten.postgres.SqlMask;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ServerReport;
import dev.hasten.telemetry.CaptureSettings.Format;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Observes the statements of one request: logs slow ones, updates the meters, and collects the events and spans that
 * the client requested, in the format of the official executor ({@code query-plan-executor/src/tracing},
 * {@code src/log}). Must be used by only one thread at a time.
 */
public final class RequestTelemetry implements StatementObserver {
    private static final Logger SLOW = LoggerFactory.getLogger("dev.hasten.slow-query");
    private static final int LOGGED_SQL = 2000;

    /**
     * Maximum number of characters of SQL and parameters in the events and spans of a response. Further texts
     * are truncated.
     */
    private static final int COLLECTED = 1 << 20;

    private static final int BEGINNING = 100;

    /** Maximum number of events and spans of a response. Further ones are omitted. */
    private static final int RECORDS = 5000;

    private static final long NANOS = 1_000_000_000;

    private final CaptureSettings capture;
    private final StatementLog log;
    private final RequestActivity activity;
    /** Created with the first span, because random numbers are not cheap. */
    private @Nullable String traceId;

    private final List<Map<String, Object>> spans = new ArrayList<>(0);
    private final List<Map<String, Object>> events = new ArrayList<>(0);
    private final Deque<String> openSpans = new ArrayDeque<>(0);
    private long spanCounter;
    private int collected;

    /**
     * What is logged about the statements of a database.
     *
     * @param database name of the database
     * @param settings which statements are logged, and whether with their parameters
     */
    public record StatementLog(String database, LogSettings settings, Metrics metrics) {
        boolean parameters() {
            return settings.current().queryParameters();
        }

        boolean isSlow(long nanos) {
            Duration slow = settings.current().slowQuery();
            return !slow.isZero() && nanos >= slow.toNanos();
        }
    }

    /** @param activity receives the statements and how long they take */
    public RequestTelemetry(CaptureSettings capture, StatementLog log, RequestActivity activity) {
        this.capture = capture;
        this.log = log;
        this.activity = activity;
    }

    /** What the request is doing. */
    public RequestActivity activity() {
        return activity;
    }

    @Override
    public void waiting() {
        activity.waiting();
    }

    @Override
    public void waited(long nanos) {
        activity.waited(nanos);
        log.metrics().waited(log.database(), nanos);
    }

    @Override
    public void started(String sql, int backend) {
        activity.backend(backend);
        activity.statement(sql);
    }

    @Override
    public void rows(long count) {
        activity.addRows(count);
    }

    @Override
    public boolean wantsParameters() {
        return log.parameters() || capture.levels().contains("query");
    }

    @Override
    public void statement(
            String sql,
            String parametersJson,
            long startedEpochNanos,
            long durationNanos,
            @Nullable RuntimeException failure) {
        activity.statementEnded(durationNanos);
        Timeline timeline = activity.timeline();
        if (timeline != null) {
            long end = System.nanoTime();
            timeline.add(new Timeline.Step(
                    Timeline.Kind.STATEMENT, end - durationNanos, end, sql, failure == null ? null : kind(failure)));
        }
        log.metrics().statement(log.database(), durationNanos, failure != null);
        if (log.isSlow(durationNanos)) {
            SLOW.atWarn()
                    .addKeyValue("request_id", activity.origin().requestId())
                    .addKeyValue("key", activity.origin().key().name())
                    .addKeyValue("database", log.database())
                    .addKeyValue("duration_ms", durationNanos / 1_000_000)
                    .addKeyValue("parameters", log.parameters() ? parametersJson : "(not logged)")
                    .addKeyValue("sql", shortened(log.parameters() ? sql : masked(sql)))
                    .log("slow query");
        }
        if ((!capture.spans() && !capture.levels().contains("query")) || isFull()) {
            return;
        }
        String spanId = nextSpanId();
        if (capture.levels().contains("query") && failure == null) {
            queryEvent(sql, parametersJson, spanId, startedEpochNanos, durationNanos);
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("db.query.text", collected(sql));
        attributes.put("db.system.name", "postgresql");
        addSpan(spanId, "db_query", "client", startedEpochNanos, durationNanos, attributes);
    }

    /** The SQLSTATE of a failure that PostgreSQL has reported, otherwise the name of its class. */
    private static String kind(RuntimeException failure) {
        ServerReport report = failure instanceof DatabaseException database ? database.statementReport() : null;
        return report == null ? failure.getClass().getSimpleName() : report.state();
    }

    private void queryEvent(
            String sql, String parametersJson, String spanId, long startedEpochNanos, long durationNanos) {
        double millis = durationNanos / 1e6;
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("timestamp", startedEpochNanos / 1_000_000);
        attributes.put("duration", millis);
        attributes.put("duration_ms", Math.round(millis));
        attributes.put("query", collected(sql));
        attributes.put("params", collected(parametersJson));
        event("query", "Query", spanId, startedEpochNanos + durationNanos, attributes);
    }

    private boolean isFull() {
        return events.size() + spans.size() >= RECORDS;
    }

    /** Returns the text, truncated if the events and spans would become too large. */
    private String collected(String text) {
        if (text.length() <= BEGINNING || text.length() <= COLLECTED - collected) {
            collected += text.length();
            return text;
        }
        return text.substring(0, BEGINNING) + "...";
    }

    /** SQL comes from clients and must not fill the log. */
    private static String masked(String sql) {
        // Longer texts are cut off anyway.
        return SqlMask.of(sql.length() <= 10 * LOGGED_SQL ? sql : sql.substring(0, 10 * LOGGED_SQL));
    }

    private static String shortened(String sql) {
        String shortened = sql.length() <= LOGGED_SQL ? sql : sql.substring(0, LOGGED_SQL) + "...";
        return PrintableText.oneLine(shortened);
    }

    @Override
    public void span(String name, Runnable work) {
        if (!capture.any()) {
            work.run();
            return;
        }
        String spanId = nextSpanId();
        long started = epochNanos();
        long startedTicks = System.nanoTime();
        openSpans.push(spanId);
        try {
            work.run();
        } finally {
            openSpans.pop();
            addSpan(spanId, name, "internal", started, System.nanoTime() - startedTicks, Map.of());
        }
    }

    @Override
    public void begun(TransactionMode mode) {
        if (capture.format() == Format.ENGINE && capture.levels().contains("query")) {
            begun("BEGIN");
            IsolationLevel level = mode.isolationLevel();
            if (level != null) {
                begun("SET TRANSACTION ISOLATION LEVEL " + level.sql());
            }
        }
    }

    private void begun(String sql) {
        if (!isFull()) {
            queryEvent(sql, "[]", nextSpanId(), epochNanos(), 0);
        }
    }

    /** Adds an event for a failed request, if the client requested it. */
    public void failed(ApiError error) {
        if (capture.format() == Format.EXECUTOR && capture.levels().contains("error") && !isFull()) {
            String message = collected(error.text());
            event("error", message, nextSpanId(), epochNanos(), Map.of("message", message));
        }
    }

    /** The {@code extensions} of the response; null if the client requested no telemetry. */
    public @Nullable Map<String, Object> extensions() {
        if (!capture.any()) {
            return null;
        }
        Map<String, Object> extensions = new LinkedHashMap<>();
        if (!capture.levels().isEmpty()) {
            extensions.put("logs", events);
        }
        if (capture.spans()) {
            extensions.put("spans", spans);
        }
        return extensions;
    }

    private void event(String level, String message, String spanId, long epochNanos, Map<String, Object> attributes) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("level", level);
        event.put("spanId", spanId);
        event.put("timestamp", time(epochNanos));
        event.put("message", message);
        event.put("attributes", attributes);
        events.add(event);
    }

    private void addSpan(
            String id,
            String name,
            String kind,
            long startedEpochNanos,
            long durationNanos,
            Map<String, Object> attributes) {
        if (!capture.spans() || isFull()) {
            return;
        }
        Map<String, Object> span = new LinkedHashMap<>();
        span.put("id", id);
        span.put("parentId", openSpans.isEmpty() ? null : openSpans.peek());
        if (!attributes.isEmpty()) {
            span.put("attributes", attributes);
        }
        span.put("name", "prisma:accelerate:" + name);
        span.put("kind", kind);
        span.put("startTime", time(startedEpochNanos));
        span.put("endTime", time(startedEpochNanos + durationNanos));
        spans.add(span);
    }

    private String nextSpanId() {
        if (traceId == null) {
            traceId = UUID.randomUUID().toString().replace("-", "");
        }
        return traceId + "-" + String.format("%016x", ++spanCounter);
    }

    private static List<Long> time(long epochNanos) {
        return List.of(epochNanos / NANOS, epochNanos % NANOS);
    }

    private static long epochNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS + now.getNano();
    }
}
