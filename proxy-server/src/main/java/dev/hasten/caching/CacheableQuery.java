package dev.hasten.caching;

import dev.hasten.admission.RequestContext;
import dev.hasten.http.Response;
import dev.hasten.json.JsonBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query of a request, as its protocol understands it. */
public interface CacheableQuery {

    /** The model whose default strategy applies; null if the query has none. */
    @Nullable
    String model();

    /** Whether the response depends only on data. Called only if a strategy asks for caching. May block. */
    boolean isCacheable();

    /**
     * Runs the query; returns null if it has no value.
     *
     * @param request has the cancellation of the query
     */
    @Nullable
    JsonBuffer run(RequestContext request);

    /**
     * The complete body of the response.
     *
     * @param value the result of {@link #run}
     * @param extensions the telemetry as JSON, null for none
     */
    JsonBuffer body(@Nullable JsonBuffer value, byte @Nullable [] extensions);

    /** The telemetry that the client requested; null for none. */
    @Nullable
    Map<String, ?> extensions(RequestContext request);

    /** Completes the response to a query that was not cached although a strategy asked for it. */
    default Response notCached(Response response) {
        return response;
    }
}
