package dev.hasten.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key and the digests of its tokens.
 *
 * @param key the metadata of the key
 * @param digest the digest of its token
 * @param previous its token before the last rotation; null if there is none
 */
record StoredKey(ApiKey key, TokenDigest digest, @Nullable Previous previous) {

    /**
     * A token that is still accepted for a while.
     *
     * @param until it is rejected from this instant on
     */
    record Previous(TokenDigest digest, Instant until) {}

    /** A key with one token. */
    StoredKey(ApiKey key, TokenDigest digest) {
        this(key, digest, null);
    }
}
