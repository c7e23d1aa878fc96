package dev.hasten.request;

import dev.hasten.auth.ApiKey;
import dev.hasten.http.Exchange;
import dev.hasten.protocol.ApiError;
import org.jspecify.annotations.Nullable;

/** What a route does for a request with a valid key: what can be done at once, and the rest on a virtual thread. */
@FunctionalInterface
public interface Operation {

    /**
     * Begins on the event loop; must not block.
     *
     * @return what is left to do, null when the request is answered
     * @throws ApiError for the client
     */
    @Nullable
    Endpoint begin(Exchange exchange, ApiKey apiKey, Database database);
}
