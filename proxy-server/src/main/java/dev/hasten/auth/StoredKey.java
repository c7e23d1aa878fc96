package dev.hasten.auth;

import java.time.Instant;
import java.util.List;

/**
 * A key and the digests of its tokens.
 *
 * @param key the metadata of the key
 * @param digest the digest of its token
 * @param previous its tokens before the last rotations, as long as they may be accepted, the latest first
 */
record StoredKey(ApiKey key, TokenDigest digest, List<Previous> previous) {

    /** How many earlier tokens a key keeps; a further rotation drops the oldest. */
    static final int MOST_PREVIOUS = 5;

    StoredKey {
        previous = List.copyOf(previous);
    }

    /**
     * A token that is still accepted for a while.
     *
     * @param until it is rejected from this instant on
     */
    record Previous(TokenDigest digest, Instant until) {}

    /** A key with one token. */
    StoredKey(ApiKey key, TokenDigest digest) {
        this(key, digest, List.of());
    }
}
