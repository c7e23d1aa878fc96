package dev.hasten.dataproxy;

import dev.hasten.admission.RequestContext;
import dev.hasten.json.JsonBuffer;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.plan.Statements;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.value.Generators;
import org.jspecify.annotations.Nullable;

/** Collects results in the body of the response. Their total size is limited like that of one response. */
final class BatchResults {
    private final RequestContext request;
    private final JsonBuffer body;
    private final long limit;
    private long bytes;

    BatchResults(RequestContext request) {
        this.request = request;
        this.limit = request.database().limits().responseBytes();
        this.body =
                new JsonBuffer(limit, 0, request.cancellation()).withoutLimit().ascii("{\"batchResult\":[");
    }

    void add(JsonBuffer result) {
        if (bytes > 0) {
            body.raw(',');
        }
        bytes += result.size();
        if (bytes > limit) {
            throw ApiError.responseTooLarge("the response to the batch", limit);
        }
        result.copyTo(body);
    }

    /** Runs a query and adds its result. */
    void run(EngineQuery query, Generators generators, Statements statements) {
        Reservation memory = request.cancellation().memory();
        long rows = memory.heldBytes(MemoryUse.RESULTS);
        long responses = memory.heldBytes(MemoryUse.RESPONSES);
        JsonBuffer value = query.run(generators, statements, request);
        // The rows that the query has read are no longer needed.
        memory.set(MemoryUse.RESULTS, rows);
        JsonBuffer result = query.body(query.converted(value, request), null);
        // The result moves to the buffer of the batch.
        memory.set(MemoryUse.RESPONSES, responses);
        add(result);
    }

    /** Returns the list of results, which {@link #close} completes. */
    JsonBuffer body() {
        return body;
    }

    /**
     * Completes a response.
     *
     * @param extensions the telemetry as JSON; null for none
     */
    static JsonBuffer close(JsonBuffer results, byte @Nullable [] extensions) {
        results.raw(']');
        if (extensions != null) {
            results.ascii(",\"extensions\":").raw(extensions);
        }
        return results.raw('}');
    }
}
