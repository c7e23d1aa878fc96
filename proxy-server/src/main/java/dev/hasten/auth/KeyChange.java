package dev.hasten.auth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A change of the API keys.
 *
 * @param by who made it: this server, another process that wrote the key file, or the configuration
 */
public record KeyChange(Kind kind, ApiKey key, String by) {
    static final String THIS_SERVER = "this server";
    static final String KEY_FILE = "key file";
    static final String CONFIGURATION = "configuration";

    /** What happened to the key. */
    public enum Kind {
        CREATED,
        REVOKED,
        /** It has a new token, or other scopes, limits or another expiry. */
        CHANGED
    }

    private record Id(String database, String key) {}

    static List<KeyChange> between(List<StoredKey> before, List<StoredKey> after, String by) {
        Map<Id, StoredKey> old = byId(before);
        Map<Id, StoredKey> latest = byId(after);
        List<KeyChange> changes = new ArrayList<>();
        latest.forEach((id, key) -> {
            StoredKey known = old.get(id);
            if (known == null) {
                changes.add(new KeyChange(Kind.CREATED, key.key(), by));
            } else if (!known.equals(key)) {
                changes.add(new KeyChange(Kind.CHANGED, key.key(), by));
            }
        });
        old.forEach((id, key) -> {
            if (!latest.containsKey(id)) {
                changes.add(new KeyChange(Kind.REVOKED, key.key(), by));
            }
        });
        return changes;
    }

    private static Map<Id, StoredKey> byId(List<StoredKey> keys) {
        Map<Id, StoredKey> byId = new HashMap<>();
        keys.forEach(key -> byId.put(new Id(key.key().database(), key.key().id()), key));
        return byId;
    }
}
