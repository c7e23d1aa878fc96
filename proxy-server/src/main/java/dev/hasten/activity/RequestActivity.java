package dev.hasten.activity;

import dev.hasten.auth.ApiKey;
import dev.hasten.auth.KeyMeter;
import dev.hasten.insights.QueryCall.Outcome;
import dev.hasten.insights.QueryShape;
import org.jspecify.annotations.Nullable;

/**
 * What a request is doing and has done: for operators, logs and statistics. Written by the threads that work for the
 * request, one at a time. The volatile fields may be read by any thread, the others only after the request is completed.
 */
public final class RequestActivity {
    private final Origin origin;
    private final long startedNanos;
    private final @Nullable Timeline timeline;
    private volatile State state = State.RUNNING;
    private volatile @Nullable String sql;
    private volatile int backend;
    private volatile @Nullable QueryShape shape;
    private volatile @Nullable Runnable cancel;

    private int variant;
    private boolean strategy;
    private @Nullable Outcome outcome;
    private @Nullable String uncachedReason;
    private @Nullable String firstSql;
    private @Nullable String errorCode;
    private long queueNanos;
    private long poolNanos;
    private long databaseNanos;
    private long rows;

    /** What a running request is doing. */
    public enum State {
        /** It parses, computes or waits for another request with the same query. */
        RUNNING,
        /** It waits for a connection to PostgreSQL. */
        WAITING_FOR_CONNECTION,
        /** PostgreSQL runs a statement for it. */
        IN_DATABASE
    }

    /**
     * Where a request comes from.
     *
     * @param requestId the server's id of the request
     * @param key its API key
     * @param meter the meter of the key
     * @param route the route's template
     */
    public record Origin(String requestId, ApiKey key, KeyMeter meter, String route) {
        /** The database of the key. */
        public String database() {
            return key.database();
        }
    }

    /** A request that is not traced; see the other constructor. */
    public RequestActivity(Origin origin, long startedNanos) {
        this(origin, startedNanos, null);
    }

    /**
     * @param startedNanos {@link System#nanoTime} when the request arrived
     * @param timeline what the request did; null if it is not traced
     */
    public RequestActivity(Origin origin, long startedNanos, @Nullable Timeline timeline) {
        this.origin = origin;
        this.timeline = timeline;
        this.startedNanos = startedNanos;
    }

    /** Where the request comes from. */
    public Origin origin() {
        return origin;
    }

    /** What the request did and when; null if it is not traced. */
    public @Nullable Timeline timeline() {
        return timeline;
    }

    long startedNanos() {
        return startedNanos;
    }

    /** How long ago the request arrived, in milliseconds. */
    public long ageMillis() {
        return (System.nanoTime() - startedNanos) / 1_000_000;
    }

    /** Called when work on the request begins. */
    public void begin(Runnable onCancel) {
        queueNanos = System.nanoTime() - startedNanos;
        cancel = onCancel;
    }

    /** Cancels the work on the request. */
    public void cancel() {
        Runnable action = cancel;
        if (action != null) {
            action.run();
        }
    }

    /** Called when it is known which query the request runs; null if statistics are off. */
    public void query(@Nullable QueryShape known, int variantOfParameters) {
        shape = known;
        variant = variantOfParameters;
    }

    /** Called before the request waits for a connection. */
    public void waiting() {
        state = State.WAITING_FOR_CONNECTION;
    }

    /** Called when the request has a connection, or has failed to get one. */
    public void waited(long nanos) {
        poolNanos += nanos;
        if (timeline != null) {
            timeline.addSince(System.nanoTime() - nanos, Timeline.Kind.CONNECTION);
        }
        state = State.RUNNING;
    }

    /** Called before a statement is sent. */
    public void statement(String text) {
        sql = text;
        if (firstSql == null) {
            firstSql = text;
        }
        state = State.IN_DATABASE;
    }

    /** Called when it is known which process of PostgreSQL serves the request. */
    public void backend(int process) {
        backend = process;
    }

    /** Called after a statement. */
    public void statementEnded(long nanos) {
        databaseNanos += nanos;
        state = State.RUNNING;
        sql = null;
    }

    /** Adds the rows that a statement returned or changed. */
    public void addRows(long count) {
        rows += count;
    }

    /** Called when the request has a response of the cache, or one that may be stored. */
    public void cached(Outcome how) {
        outcome = how;
        strategy = true;
    }

    /**
     * Called when the response did not use the cache.
     *
     * @param reason why
     * @param asked whether a strategy asks for caching
     */
    public void uncached(String reason, boolean asked) {
        outcome = Outcome.UNCACHED;
        uncachedReason = reason;
        strategy = asked;
    }

    /** Called when the request has failed after the start of its response. */
    public void failed(String code) {
        errorCode = code;
    }

    /** What it is doing. */
    public State state() {
        return state;
    }

    /** The statement that runs; null if none runs. */
    public @Nullable String sql() {
        return sql;
    }

    /** The process of PostgreSQL that runs the statement; 0 if it is not known. */
    public int backend() {
        return backend;
    }

    /** Which query it runs; null if it is not known. */
    public @Nullable QueryShape shape() {
        return shape;
    }

    int variant() {
        return variant;
    }

    boolean hasStrategy() {
        return strategy;
    }

    /** How the cache was used; null if the request is no query. */
    public @Nullable Outcome outcome() {
        return outcome;
    }

    /** Why the cache was not used; null if it was. */
    public @Nullable String uncachedReason() {
        return uncachedReason;
    }

    /** The code of an error after the start of the response; null if there was none. */
    public @Nullable String errorCode() {
        return errorCode;
    }

    @Nullable
    String firstSql() {
        return firstSql;
    }

    long queueNanos() {
        return queueNanos;
    }

    long poolNanos() {
        return poolNanos;
    }

    long databaseNanos() {
        return databaseNanos;
    }

    long rows() {
        return rows;
    }
}
