package dev.hasten.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.hasten.cache.CacheWorld.Role;
import dev.hasten.deadline.Cancellation;
import dev.hasten.protocol.CacheStrategy;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A query in a {@link CacheWorld} and its outcome. Only its own thread writes the fields that are not final. */
final class Query {
    /** The state of a query. */
    enum State {
        RUNNING,
        SUCCEEDED,
        FAILED
    }

    /** Thrown by a query that the model makes fail. */
    static final class Failure extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1;

        final transient Query query;

        Failure(Query query) {
            super("query " + query.id + " failed");
            this.query = query;
        }
    }

    final int id;
    final Request request;
    final boolean refresh;
    final Role role;
    final Cancellation cancellation;
    final int size;
    /** The moment when the cache recorded the generation for it. */
    final int asked;

    /** The moment when it started. */
    final int began;

    final long beganNanos;
    volatile State state = State.RUNNING;
    /** Whether it must fail; written by the test's thread. */
    volatile boolean doomed;
    /** The moment of its data. */
    volatile int snapshot = -1;

    volatile int endedAt = -1;
    volatile long endedNanos;
    /** The moment when its result was stored, -1 if it was not. */
    volatile int storedAt = -1;

    volatile long storedNanos;
    /** The moment when its waiters got the result, or later; -1 before that. */
    volatile int leftAt = -1;

    Query(
            int id,
            Request request,
            boolean refresh,
            Role role,
            Cancellation cancellation,
            int size,
            int began,
            long beganNanos) {
        this.id = id;
        this.request = request;
        this.refresh = refresh;
        this.role = role;
        this.cancellation = cancellation;
        this.size = size;
        this.asked = refresh ? request.refreshedAt : request.asked().getLast();
        this.began = began;
        this.beganNanos = beganNanos;
    }

    CacheKey key() {
        return request.key;
    }

    CacheStrategy strategy() {
        return request.strategy;
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    @Nullable
    Request leader() {
        return refresh ? null : request;
    }

    byte[] body() {
        byte[] body = new byte[size];
        byte[] name = (id + ";").getBytes(US_ASCII);
        System.arraycopy(name, 0, body, 0, name.length);
        return body;
    }

    static int idIn(CachedBody body) {
        String text = new String(body.json().array(), US_ASCII);
        return Integer.parseInt(text.substring(0, text.indexOf(';')));
    }

    @Override
    public String toString() {
        return (refresh ? "refresh " : "query ") + id + " of " + request + ", " + state + ", begun at " + began
                + ", as of " + snapshot + ", ended at " + endedAt;
    }
}
