package dev.hasten.bench.load;

import dev.hasten.bench.http.Request;
import dev.hasten.bench.http.Values;

/** Sends the requests of a script. */
public interface Outbox {
    /** Sends a request. */
    void send(Request request, Values values);
}
