package dev.hasten.http;

/** Is told of every finished exchange: metrics and access log. Called on the event loop, must not block. */
@FunctionalInterface
public interface RequestObserver {

    /** The status reported for a client that went away before its answer; never sent. nginx logs the same number. */
    int CLIENT_GONE = 499;

    /**
     * An answer was written, or will never be. What it throws is logged and has no other effect.
     *
     * @param route the route's template, or "unmatched"
     * @param method the request's method; "other" when it is none of HTTP's own, so that clients cannot invent values
     * @param status the answer's status, or {@link #CLIENT_GONE}
     * @param nanos from the complete head to the last byte handed to the kernel
     * @param requestBytes length of the request's body
     * @param answerBytes length of the answer's body, 0 for HEAD
     */
    void completed(String route, String method, int status, long nanos, long requestBytes, long answerBytes);

    /** An observer that looks away. */
    static RequestObserver none() {
        return (route, method, status, nanos, requestBytes, answerBytes) -> {};
    }
}
