package dev.hasten.admission;

import dev.hasten.http.Response;
import java.time.Duration;

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
        /** How long the work may take, from the arrival of the request. */
        default Duration timeLimit(Database.Limits limits) {
            return limits.queryTimeout();
        }

        /**
         * Does the work for the request. Returns {@link Response#STREAMED} if it has sent the response.
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
