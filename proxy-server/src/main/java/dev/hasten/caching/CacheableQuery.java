package dev.hasten.caching;

import dev.hasten.admission.RequestContext;
import dev.hasten.http.Response;
import dev.hasten.json.JsonBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query of a request, as its protocol understands it. */
public interface CacheableQuery {

    /** The model whose default strategy applies, null if it has none. */
    @Nullable
    String model();

    /** Whether the response depends on data only. Called only if a strategy asks for caching; may block. */
    boolean isCacheable();

    /**
     * Runs the query; null if it has no value.
     *
     * @param request whose cancellation is that of the query
     */
    @Nullable
    JsonBuffer run(RequestContext request);

    /**
     * The complete body of the response.
     *
     * @param value of {@link #run}
     * @param extensions JSON of the telemetry, null for none
     */
    JsonBuffer body(@Nullable JsonBuffer value, byte @Nullable [] extensions);

    /** The telemetry that the client asked for, null for none. */
    @Nullable
    Map<String, ?> extensions(RequestContext request);

    /** Completes the response to a query that was not cached although a strategy asked for it. */
    default Response notCached(Response response) {
        return response;
    }
}
