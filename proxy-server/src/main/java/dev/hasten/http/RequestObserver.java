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
     *
     * @param route the route's template, or "unmatched"
     * @param method the request method; "other" for an unknown method without a route, so that clients cannot create
     *     arbitrary values
     * @param status the status of the response, or {@link #CLIENT_GONE}
     * @param nanos time from the complete head to the last byte accepted by the kernel
     * @param requestBytes length of the request body
     * @param responseBytes length of the response body, 0 for HEAD
     */
    void completed(String route, String method, int status, long nanos, long requestBytes, long responseBytes);

    /** Ignores all events. */
    static RequestObserver none() {
        return (route, method, status, nanos, requestBytes, responseBytes) -> {};
    }
}
