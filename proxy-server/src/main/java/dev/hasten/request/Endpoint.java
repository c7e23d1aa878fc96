package dev.hasten.request;

import dev.hasten.http.Answer;
import dev.hasten.protocol.ApiError;

/** What a route does for an authenticated request, on a virtual thread: it may block. */
@FunctionalInterface
public interface Endpoint {

    /**
     * Works for a request.
     *
     * @throws ApiError for the client
     */
    Answer answer(RequestContext request);
}
