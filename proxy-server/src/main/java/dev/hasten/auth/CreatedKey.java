package dev.hasten.auth;

import dev.hasten.config.Secret;

/**
 * A key just made.
 *
 * @param key what stays known about it
 * @param token what the client sends, {@code hasten_<id>_<secret>}; nobody can learn it again later
 */
public record CreatedKey(ApiKey key, String token) {
    @Override
    public String toString() {
        return "CreatedKey[key=" + key + ", token=" + Secret.MASK + "]";
    }
}
