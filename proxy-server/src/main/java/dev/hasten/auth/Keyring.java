package dev.hasten.auth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All keys at one moment; immutable, so that requests read it without a lock. */
final class Keyring {
    private final List<ApiKey> all;
    private final Map<TokenDigest, ApiKey> usable;
    private final Set<ApiKey> known;

    /**
     * Puts the keys together.
     *
     * @param configured win over a key of the file with the same token: what an operator wrote into the configuration
     *     cannot be redirected by writing to the file
     * @param stored the keys of the file
     * @param databases a key for any other database opens nothing
     */
    Keyring(List<StoredKey> configured, List<StoredKey> stored, Set<String> databases) {
        List<StoredKey> keys = new ArrayList<>(configured);
        keys.addAll(stored);
        all = keys.stream().map(StoredKey::key).toList();
        usable = HashMap.newHashMap(keys.size());
        for (StoredKey key : keys) {
            if (databases.contains(key.key().database())) {
                usable.putIfAbsent(key.digest(), key.key());
            }
        }
        known = Set.copyOf(usable.values());
    }

    /** Whether a key that {@link #find} of this or an earlier keyring gave would be found in this one. */
    boolean holds(ApiKey key) {
        return known.contains(key);
    }

    /** The key of this token, expired or not. */
    @Nullable
    ApiKey find(TokenDigest digest) {
        return usable.get(digest);
    }

    /** Every key, those for unknown databases included: first the configured ones, then the file's. */
    List<ApiKey> all() {
        return all;
    }
}
