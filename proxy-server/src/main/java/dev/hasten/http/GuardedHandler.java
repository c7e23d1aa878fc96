package dev.hasten.http;

import org.jspecify.annotations.Nullable;

/** The handler of a route. It decides from the head of a request whether to read the body. */
@FunctionalInterface
public interface GuardedHandler {

    /**
     * Decides on a request before its body is read. The body of a refused request is read without being kept, so it takes no
     * memory. Runs on the event loop and must not block.
     */
    Decision decide(Exchange head);

    /** The decision on a request. */
    sealed interface Decision {}

    /** The request gets this response. */
    record Refuse(Response response) implements Decision {}

    /** The handler gets the request when its body is complete. */
    record Accept(Handler handler) implements Decision {}

    /** Renders the errors that the HTTP server detects in requests of this route; null for the server's default. */
    default @Nullable ErrorRenderer errors() {
        return null;
    }

    /** Changes every response to a request of the route, including errors, before it is sent; on the event loop. */
    default Response outgoing(Exchange exchange, Response response) {
        return response;
    }

    /** Accepts all requests. */
    static GuardedHandler open(Handler handler) {
        Accept accept = new Accept(handler);
        return _ -> accept;
    }
}
