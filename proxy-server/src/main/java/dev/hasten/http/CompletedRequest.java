package dev.hasten.http;

import org.jspecify.annotations.Nullable;

/**
 * A finished exchange, for metrics and logs.
 *
 * @param exchange null if the request had no valid head
 * @param route the route's template, or "unmatched"
 * @param method the request method; "other" for an unknown method without a route, so that clients cannot create arbitrary
 *     values
 * @param status the status of the response, or {@link RequestObserver#CLIENT_GONE}
 * @param errorCode the code of the error in the response; null if there is none
 * @param nanos time from the complete head to the last byte accepted by the kernel
 * @param requestBytes length of the request body
 * @param responseBytes length of the response body, 0 for HEAD
 */
public record CompletedRequest(
        @Nullable Exchange exchange,
        String route,
        String method,
        int status,
        @Nullable String errorCode,
        long nanos,
        long requestBytes,
        long responseBytes) {}
