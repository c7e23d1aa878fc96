package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import dev.hasten.http.Router.Match;
import dev.hasten.memory.Reservation;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its one answer. What the request says does not change any more; {@link #answer}, {@link #isAnswered}
 * and {@link #onDisconnect} may be called from any thread.
 */
public final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    static final String UNMATCHED = "unmatched";

    private final HttpConnection connection;
    private final String requestId;
    private final HttpRequest request;
    private final RequestTarget target;
    private final Match match;
    private final long arrivalNanos;
    /** Set on the event loop before the handler sees the exchange. */
    private byte[] body = {};
    /** Null until it is needed. */
    private @Nullable Reservation memory;

    private final Object lock = new Object();
    // The three below are guarded by lock: either an answer or the disconnect comes first.
    private boolean answered;
    private boolean clientGone;
    private @Nullable Runnable disconnectAction;

    Exchange(
            HttpConnection connection,
            String requestId,
            HttpRequest request,
            RequestTarget target,
            Match match,
            long arrivalNanos) {
        this.connection = connection;
        this.requestId = requestId;
        this.request = request;
        this.target = target;
        this.match = match;
        this.arrivalNanos = arrivalNanos;
    }

    /** The address of the client or of the proxy before it; null if it is not an Internet address, or the connection is closed. */
    public @Nullable InetAddress peer() {
        return connection.peer();
    }

    /** 16 lower-case hex digits, unique; the answer carries it as {@code x-request-id}. */
    public String requestId() {
        return requestId;
    }

    /** The method as it was sent. */
    public String method() {
        return request.method().name();
    }

    /** The path as it was sent, percent-encoded, without the query string. */
    public String path() {
        return target.path();
    }

    /**
     * The decoded value of a {name} segment of the route. May hold a slash or any other character: it was decoded after
     * the path was cut.
     *
     * @throws IllegalArgumentException when the route has no such name
     */
    public String pathParameter(String name) {
        if (match instanceof Match.Found(Router.Route route, List<String> values)) {
            int index = route.names.indexOf(name);
            if (index >= 0) {
                return RequestTarget.decode(values.get(index), false);
            }
        }
        throw new IllegalArgumentException("the route " + route() + " has no {" + name + "}");
    }

    /** The first value of a query parameter, decoded; null when it is not there, "" when it has no value. */
    public @Nullable String queryParameter(String name) {
        return target.parameter(name);
    }

    /** A header's value, several ones joined with ", "; null when it is not there. The name's case is irrelevant. */
    public @Nullable String header(String name) {
        HttpHeaders headers = request.headers();
        String first = headers.get(name);
        if (first == null) {
            return null;
        }
        List<String> all = headers.getAll(name);
        return all.size() == 1 ? first : String.join(", ", all);
    }

    /** The whole body, empty when there is none. Not a copy. */
    public byte[] body() {
        return body;
    }

    /**
     * The memory that the exchange holds: its body, what its handler takes, and the answer until the client has it. Used by
     * whoever has the exchange: the event loop, or the handler until it answers.
     */
    public Reservation memory() {
        Reservation known = memory;
        if (known == null) {
            known = connection.openReservation();
            memory = known;
        }
        return known;
    }

    /** Gives back whatever is held. */
    void closeMemory() {
        if (memory != null) {
            memory.close();
        }
    }

    /** Names the owner of the memory; called by {@link GuardedHandler#decide}, before anything is taken. */
    public void memory(Reservation owned) {
        memory = owned;
    }

    /** {@link System#nanoTime} when the head was complete. */
    public long arrivalNanos() {
        return arrivalNanos;
    }

    /** The route's template such as {@code /transaction/{id}/query}, or "unmatched". */
    public String route() {
        return match instanceof Match.Found found ? found.route().template : UNMATCHED;
    }

    /** Answers the request. The first call wins; a later answer, or one for a client that has gone, is dropped. */
    public void answer(Answer answer) {
        requireNonNull(answer, "answer is null");
        synchronized (lock) {
            if (answered) {
                return;
            }
            if (clientGone) {
                answered = true;
                closeMemory();
                return;
            }
            answered = true;
            disconnectAction = null;
        }
        connection.answer(this, answer);
    }

    /** True once {@link #answer} was called. */
    public boolean isAnswered() {
        synchronized (lock) {
            return answered;
        }
    }

    /**
     * Asks to be told when the client goes away before the answer is given: it closed or reset the connection, or shut
     * down its sending half, which this server takes for the same. The action runs at most once, on the event loop (it
     * must not block), or right here when the client has gone already. Several actions run in the order they came.
     */
    public void onDisconnect(Runnable action) {
        requireNonNull(action, "action is null");
        synchronized (lock) {
            if (answered) {
                return;
            }
            if (!clientGone) {
                Runnable earlier = disconnectAction;
                disconnectAction = earlier == null
                        ? action
                        : () -> {
                            run(earlier);
                            run(action);
                        };
                return;
            }
        }
        run(action);
    }

    void clientGone() {
        Runnable action;
        synchronized (lock) {
            clientGone = true;
            action = answered ? null : disconnectAction;
            disconnectAction = null;
        }
        if (action != null) {
            run(action);
        }
    }

    void body(byte[] wholeBody) {
        body = wholeBody;
    }

    Match match() {
        return match;
    }

    private void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("The disconnect action of request {} failed", requestId, e);
        }
    }
}
