package dev.hasten.bench.load;

import dev.hasten.bench.http.Response;

/**
 * The repeated actions of one user: operations of one or more requests, each of which is sent after the previous
 * response. Every connection has its own script, which is confined to its event loop.
 */
public interface Script {
    /** Sends the first request of the next operation. */
    void begin(Outbox out);

    /** Checks a response and, if the operation continues, sends its next request. */
    Outcome responded(Response response, Outbox out);
}
