package dev.hasten.cache;

import dev.hasten.protocol.QuerySignature;
import dev.hasten.protocol.QuerySignature.Member;
import org.jspecify.annotations.Nullable;

/**
 * All that determines an answer, but for the database, which has a cache of its own.
 *
 * @param signature of the request
 * @param protocol in whose form the answer is
 * @param schemaEpoch see {@link QueryCache#schemaEpoch}
 * @param owner the one API key that may see the answer; null when all keys of the database may
 */
public record CacheKey(
        QuerySignature signature,
        Protocol protocol,
        long schemaEpoch,
        @Nullable String owner) {
    /** The form of requests and answers. */
    public enum Protocol {
        /** {@code POST /query} of Prisma 7. */
        REMOTE_EXECUTOR,
        /** {@code POST /{version}/{schema}/graphql} of Prisma 5 and 6. */
        DATA_PROXY,
        /** {@code POST /sql}. */
        SQL;

        /** What of a request does not determine its answer. */
        public Member irrelevant() {
            return switch (this) {
                case REMOTE_EXECUTOR, DATA_PROXY -> Member.COMMENTS;
                case SQL -> Member.CACHE_STRATEGY;
            };
        }
    }

    /** The signature is uniformly distributed already. */
    @Override
    public int hashCode() {
        return (int) signature.a() + Long.hashCode(schemaEpoch);
    }
}
