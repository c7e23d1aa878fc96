package dev.hasten.admission;

import dev.hasten.http.Response;

/** What a route does for an admitted request, in two phases. */
@FunctionalInterface
public interface Endpoint {

    /**
     * The first phase, on the event loop: must not block.
     *
     * @throws dev.hasten.protocol.ApiError for the client
     */
    Outcome begin(AdmittedRequest request);

    /** The result of the first phase. */
    sealed interface Outcome {}

    /** The response is known already. */
    record Respond(Response response) implements Outcome {}

    /** The rest of the work, on a virtual thread: may block. */
    @FunctionalInterface
    non-sealed interface Work extends Outcome {
        /**
         * Does the work for the request.
         *
         * @throws dev.hasten.protocol.ApiError for the client
         */
        Response run(RequestContext request);
    }

    /** An endpoint without a first phase. */
    static Endpoint blocking(Work work) {
        return _ -> work;
    }
}
