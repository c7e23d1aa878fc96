package dev.hasten.auth;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A snapshot of all keys. Immutable, so that requests can read it without locking. */
final class Keyring {
    private final List<ApiKey> all;
    private final Map<TokenDigest, ApiKey> usable;
    private final Map<TokenDigest, Rotated> rotated = new HashMap<>();
    private final Map<ApiKey, Instant> previousUntil = new HashMap<>();
    private final Set<ApiKey> known;

    /** A key that is found by its previous token. */
    private record Rotated(ApiKey key, Instant until) {}

    /**
     * Combines the keys.
     *
     * @param configured the keys in the configuration; they take precedence over a key in the file with the same token,
     *     so that writing to the file cannot redirect a configured key to another database
     * @param stored the keys in the file
     * @param databases the databases of this server; keys for other databases are not usable
     */
    Keyring(List<StoredKey> configured, List<StoredKey> stored, Set<String> databases) {
        List<StoredKey> keys = new ArrayList<>(configured);
        keys.addAll(stored);
        all = keys.stream().map(StoredKey::key).toList();
        usable = HashMap.newHashMap(keys.size());
        for (StoredKey key : keys) {
            if (databases.contains(key.key().database())) {
                usable.putIfAbsent(key.digest(), key.key());
                for (StoredKey.Previous previous : key.previous()) {
                    rotated.putIfAbsent(previous.digest(), new Rotated(key.key(), previous.until()));
                    previousUntil.merge(key.key(), previous.until(), (one, other) -> one.isAfter(other) ? one : other);
                }
            }
        }
        known = Set.copyOf(usable.values());
    }

    /** Whether this keyring would still return a key that {@link #find} of this or an earlier keyring returned. */
    boolean holds(ApiKey key) {
        return known.contains(key);
    }

    /** The key for this token, even if it is expired; null if the token is unknown. */
    @Nullable
    ApiKey find(TokenDigest digest, Clock clock) {
        ApiKey key = usable.get(digest);
        if (key != null || rotated.isEmpty()) {
            return key;
        }
        Rotated previous = rotated.get(digest);
        return previous != null && clock.instant().isBefore(previous.until()) ? previous.key() : null;
    }

    /** When the last earlier token of a rotated key expires or has expired; null if it has none. */
    @Nullable
    Instant previousTokenUntil(ApiKey key) {
        return previousUntil.get(key);
    }

    /** Every key, including those for unknown databases: first those in the configuration, then those in the file. */
    List<ApiKey> all() {
        return all;
    }
}
