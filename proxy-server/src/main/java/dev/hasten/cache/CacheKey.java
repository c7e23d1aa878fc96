package dev.hasten.cache;

import dev.hasten.protocol.QuerySignature;
import org.jspecify.annotations.Nullable;

/**
 * Everything that determines a response, except the database, which has its own cache.
 *
 * @param signature the signature of the request
 * @param protocol determines the form of the response
 * @param schemaEpoch see {@link QueryCache#schemaEpoch}
 * @param owner id of the only API key that may get the response; null if all keys of the database may
 */
public record CacheKey(
        QuerySignature signature,
        String protocol,
        long schemaEpoch,
        @Nullable String owner) {

    /** The signature is uniformly distributed already. */
    @Override
    public int hashCode() {
        return (int) signature.a() + Long.hashCode(schemaEpoch);
    }
}
