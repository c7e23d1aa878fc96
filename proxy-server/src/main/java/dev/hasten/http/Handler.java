package dev.hasten.http;

/** Responds to the complete requests of a route. */
@FunctionalInterface
public interface Handler {

    /**
     * Handles a request whose body is complete. Runs on the event loop and must not block; the response may be given here
     * or later, from any thread. An exception is logged, and the response is 500 with the request id.
     */
    void handle(Exchange exchange);
}
