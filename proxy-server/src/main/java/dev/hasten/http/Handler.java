package dev.hasten.http;

import org.jspecify.annotations.Nullable;

/** Answers the requests of a route. */
@FunctionalInterface
public interface Handler {

    /**
     * Takes a request whose body has arrived completely. Runs on the event loop and must not block; the answer may be
     * given right here or later from any thread. What it throws becomes a 500 with the request id and goes to the log.
     */
    void handle(Exchange exchange);

    /**
     * Looks at a request's head before its body is read. A refused request never reaches {@link #handle}; its body is read
     * past without being kept, so that what nobody vouches for takes no memory. Same thread and rules as there.
     *
     * @return the answer of a request that is refused, null to go on
     */
    default @Nullable Answer refusal(Exchange head) {
        return null;
    }

    /** The shape of errors that the server itself finds in the route's requests; null for that of the server. */
    default @Nullable ErrorRenderer errors() {
        return null;
    }

    /** Has the last word about every answer to a request of the route, errors included; on the event loop. */
    default Answer outgoing(Exchange exchange, Answer answer) {
        return answer;
    }
}
