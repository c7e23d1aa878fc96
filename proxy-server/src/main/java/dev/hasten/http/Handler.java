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
}
