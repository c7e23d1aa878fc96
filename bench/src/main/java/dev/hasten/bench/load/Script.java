package dev.hasten.bench.load;

import dev.hasten.bench.http.Answer;

/**
 * What one user does over and over: operations of one or more requests, each sent when the answer before it is there. Every
 * connection has a script of its own, which only its event loop calls.
 */
public interface Script {
    /** Sends the first request of the next operation. */
    void begin(Outbox out);

    /** Judges an answer, and sends the next request of the operation if it goes on. */
    Outcome answered(Answer answer, Outbox out);
}
