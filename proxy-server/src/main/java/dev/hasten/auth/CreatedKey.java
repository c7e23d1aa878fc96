package dev.hasten.auth;

import dev.hasten.config.Secret;

/**
 * A newly created key.
 *
 * @param key the metadata of the key
 * @param token the token that clients send, {@code hasten_<id>_<secret>}; it cannot be retrieved later
 */
public record CreatedKey(ApiKey key, String token) {
    @Override
    public String toString() {
        return "CreatedKey[key=" + key + ", token=" + Secret.MASK + "]";
    }
}
