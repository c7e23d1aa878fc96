package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import dev.hasten.http.Router.Match;
import dev.hasten.memory.Reservation;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request and its response. The request is immutable. {@link #respond} and {@link #onDisconnect} may be called from any
 * thread.
 */
public final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    /** The route that is reported for requests whose path matches no route. */
    public static final String UNMATCHED = "unmatched";

    private static final Pattern CLIENT_ID = Pattern.compile("[A-Za-z0-9._:/+=@-]{1,128}");
    private static final Pattern TRACE_PARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private final HttpConnection connection;
    private final String requestId;
    private final HttpRequest request;
    private final String path;
    private final Match match;
    private final long arrivalNanos;
    /** Set on the event loop before the handler sees the exchange. */
    private byte[] body = {};

    private volatile @Nullable Object attachment;
    /** Created on first use. */
    private @Nullable Reservation memory;

    private final Object lock = new Object();
    // The fields below are guarded by lock, which decides whether the response or the disconnect came first.
    private boolean responded;
    private boolean clientGone;
    private boolean streaming;
    private @Nullable Runnable disconnectAction;

    Exchange(
            HttpConnection connection,
            String requestId,
            HttpRequest request,
            String path,
            Match match,
            long arrivalNanos) {
        this.connection = connection;
        this.requestId = requestId;
        this.request = request;
        this.path = path;
        this.match = match;
        this.arrivalNanos = arrivalNanos;
    }

    /**
     * The address of the client: that of the other end of the connection, or the one that trusted proxies report. Null if it is not
     * an Internet address, or if the connection is closed.
     */
    public @Nullable InetAddress clientAddress() {
        return connection.proxies().client(connection.peer(), header("x-forwarded-for"));
    }

    /** Whether a trusted proxy has sent the request, so that its {@code X-Forwarded} headers are true. */
    public boolean isFromTrustedProxy() {
        return connection.proxies().believeHeaders(connection.peer());
    }

    /** Whether the operator has listed the proxies in front of this server. */
    public boolean areProxiesKnown() {
        return connection.proxies().known();
    }

    /** Whether the client has a certificate of the authority for clients. */
    public boolean hasClientCertificate() {
        return connection.hasClientCertificate();
    }

    /** A unique id of 16 lower-case hex digits; the response has it in {@code x-request-id}. */
    public String requestId() {
        return requestId;
    }

    /** The id that the client has given the request in {@code X-Request-Id}; null if there is none or it is malformed. */
    public @Nullable String clientRequestId() {
        return matching("x-request-id", CLIENT_ID);
    }

    /** The client's {@code traceparent} (W3C Trace Context); null if there is none or it is malformed. */
    public @Nullable String traceParent() {
        return matching("traceparent", TRACE_PARENT);
    }

    private @Nullable String matching(String header, Pattern allowed) {
        String value = request.headers().get(header);
        return value != null && allowed.matcher(value).matches() ? value : null;
    }

    /** Keeps an object of the handler for the {@link RequestObserver}. */
    public void attach(Object object) {
        attachment = object;
    }

    /** The attached object; null if there is none. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /** The method as sent. */
    public String method() {
        return request.method().name();
    }

    /** The path as sent, percent-encoded, without the query string. */
    public String path() {
        return path;
    }

    /** The decoded parameters of the query string, at most 20; further ones are ignored. */
    public Map<String, List<String>> queryParameters() {
        return RequestTarget.parameters(request.uri());
    }

    /**
     * The decoded value of a {name} segment of the route. May contain any character, even a slash, because segments are
     * decoded after the path is split.
     *
     * @throws IllegalArgumentException if the route has no such name
     */
    public String pathParameter(String name) {
        if (match instanceof Match.Found(Router.Route route, List<String> values)) {
            int index = route.names.indexOf(name);
            if (index >= 0) {
                return RequestTarget.decode(values.get(index));
            }
        }
        throw new IllegalArgumentException("the route " + route() + " has no {" + name + "}");
    }

    /**
     * The value of a header, with several values joined by ", "; null if it is absent. The name is case-insensitive.
     */
    public @Nullable String header(String name) {
        HttpHeaders headers = request.headers();
        String first = headers.get(name);
        if (first == null) {
            return null;
        }
        List<String> all = headers.getAll(name);
        return all.size() == 1 ? first : String.join(", ", all);
    }

    /** The largest body that the server accepts, in bytes. */
    public int maxBodyBytes() {
        return connection.maxBodyBytes();
    }

    /** Replaces the body by its decoded form. The array must not be modified later. */
    public void replaceBody(byte[] decoded) {
        body = decoded;
    }

    /** The complete body; empty if the request has none. Not a copy. */
    public byte[] body() {
        return body;
    }

    /**
     * The memory held by the exchange: the request body, what the handler reserves, and the response until the client
     * has received it. Only one thread at a time may use it: the handler until it responds, then the event loop.
     */
    public Reservation memory() {
        Reservation known = memory;
        if (known == null) {
            known = connection.openReservation();
            memory = known;
        }
        return known;
    }

    /** Releases the memory held by the exchange. */
    void closeMemory() {
        if (memory != null) {
            memory.close();
        }
    }

    /** Sets the reservation of this exchange. Must be called by {@link GuardedHandler#decide}, before any memory is taken. */
    public void memory(Reservation owned) {
        memory = owned;
    }

    /** {@link System#nanoTime} at the time when the head was complete. */
    public long arrivalNanos() {
        return arrivalNanos;
    }

    /** The route's template such as {@code /transaction/{id}/query}, or "unmatched". */
    public String route() {
        return match instanceof Match.Found found ? found.route().template : UNMATCHED;
    }

    /**
     * Sends the response. Only the first call has an effect. The response is dropped if the client has disconnected.
     */
    public void respond(Response response) {
        requireNonNull(response, "response is null");
        synchronized (lock) {
            if (responded) {
                return;
            }
            if (clientGone) {
                responded = true;
                closeMemory();
                return;
            }
            responded = true;
            disconnectAction = null;
        }
        connection.respond(this, response);
    }

    /**
     * Starts a response whose body is sent in parts. No other response can be sent then. Actions of {@link #onDisconnect}
     * still run if the client disconnects before the end of the stream.
     *
     * @param head the status, content type and headers; its body is ignored
     */
    public ResponseStream stream(Response head) {
        synchronized (lock) {
            if (responded) {
                throw new IllegalStateException("the request has a response");
            }
            responded = true;
            streaming = true;
        }
        connection.onEventLoop(() -> connection.startStream(this, head), () -> {});
        return new ResponseStream(connection, this);
    }

    /**
     * Registers an action to run if the client disconnects before the response is sent. A client disconnects
     * by closing or resetting the connection or by shutting down its sending side, which this server treats the same.
     * The action runs at most once, on the event loop, and must not block. If the client has already disconnected, it
     * runs immediately in the calling thread. Multiple actions run in the order of registration.
     */
    public void onDisconnect(Runnable action) {
        requireNonNull(action, "action is null");
        synchronized (lock) {
            if (responded) {
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
            action = responded && !streaming ? null : disconnectAction;
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
