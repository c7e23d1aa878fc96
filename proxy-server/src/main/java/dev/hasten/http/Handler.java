package dev.hasten.http;

/** Answers the requests of a route. */
@FunctionalInterface
public interface Handler {

    /**
     * Takes a request whose body has arrived completely. Runs on the event loop and must not block; the answer may be
     * given right here or later from any thread. What it throws becomes a 500 with the request id and goes to the log.
     */
    void handle(Exchange exchange);
}
