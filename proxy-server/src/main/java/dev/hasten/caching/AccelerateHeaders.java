package dev.hasten.caching;

import dev.hasten.cache.CachedResponse;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.protocol.QuerySignature;
import java.time.Instant;
import java.time.InstantSource;

/** The headers that {@code @prisma/extension-accelerate} reads; source: its {@code withAccelerateInfo}. */
public final class AccelerateHeaders {
    private final String region;
    private final InstantSource clock = InstantSource.system();

    /** @param region the configured region of this server */
    public AccelerateHeaders(String region) {
        // The extension reads the text between the first and the second dash.
        this.region = "-" + region.replace('-', '_');
    }

    /** Adds the request id and the region. */
    public Response addRay(Response response, Exchange exchange) {
        return response.header("cf-ray", exchange.requestId() + region);
    }

    /** Adds the headers of a response that the cache returned. */
    Response add(Response response, Exchange exchange, CachedResponse cached, QuerySignature signature) {
        return add(
                response, exchange, status(cached.freshness()), cached.body().readAt(), cached.ageSeconds(), signature);
    }

    /** Adds the headers of a response that did not use the cache. */
    Response addUncached(Response response, Exchange exchange, QuerySignature signature) {
        return add(response, exchange, "none", clock.instant(), 0, signature);
    }

    private static String status(Freshness freshness) {
        return switch (freshness) {
            case FRESH -> "ttl";
            case STALE -> "swr";
            case MISS -> "miss";
        };
    }

    private Response add(
            Response response,
            Exchange exchange,
            String status,
            Instant readAt,
            long ageSeconds,
            QuerySignature signature) {
        return addRay(response, exchange)
                .header("accelerate-cache-status", status)
                .header("last-modified", HttpDate.format(readAt))
                .header("age", Long.toString(ageSeconds))
                .header("accelerate-signature", signature.toString());
    }
}
