package dev.hasten.bench.load;

import dev.hasten.bench.http.Request;
import dev.hasten.bench.http.Values;

/** Where a script puts its requests. */
public interface Outbox {
    /** Sends a request. */
    void send(Request request, Values values);
}
