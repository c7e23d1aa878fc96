package dev.hasten.caching;

import dev.hasten.admission.RequestContext;
import dev.hasten.json.JsonBuffer;
import dev.hasten.proof.ReadProof;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query of a request, as its protocol understands it. */
public interface CacheableQuery {

    /** The model whose default strategy applies; null if the query has none. */
    @Nullable
    String model();

    /** Proves what the response depends on. Called only if a strategy asks for caching. May block. */
    ReadProof proof(RequestContext request);

    /**
     * Whether the app may choose to cache a result that is only non-deterministic, such as that of a view over
     * {@code now()}. Hosted Accelerate cached everything that Prisma Client can read.
     */
    boolean mayBeNonDeterministic();

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
}
