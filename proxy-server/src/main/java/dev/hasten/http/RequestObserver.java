package dev.hasten.http;

/** Is notified of every finished exchange, for metrics and access logs. Called on the event loop; must not block. */
@FunctionalInterface
public interface RequestObserver {

    /**
     * The status reported if the client disconnected before it received the response; never sent. Same as in
     * nginx logs.
     */
    int CLIENT_GONE = 499;

    /**
     * Called when a response was written or cannot be written. Exceptions are logged and otherwise ignored.
     */
    void completed(CompletedRequest request);

    /** Ignores all events. */
    static RequestObserver none() {
        return _ -> {};
    }
}
