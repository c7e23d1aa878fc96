package dev.hasten.auth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A change of the API keys.
 *
 * @param changed what is new in a changed key: {@code token}, {@code name}, {@code scopes}, {@code expiry} or {@code limits}
 * @param by who made it: this server, another process that wrote the key file, or the configuration
 */
public record KeyChange(Kind kind, ApiKey key, List<String> changed, String by) {
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
                changes.add(new KeyChange(Kind.CREATED, key.key(), List.of(), by));
            } else if (!known.equals(key)) {
                changes.add(new KeyChange(Kind.CHANGED, key.key(), changed(known, key), by));
            }
        });
        old.forEach((id, key) -> {
            if (!latest.containsKey(id)) {
                changes.add(new KeyChange(Kind.REVOKED, key.key(), List.of(), by));
            }
        });
        return changes;
    }

    private static List<String> changed(StoredKey before, StoredKey after) {
        List<String> changed = new ArrayList<>();
        if (!before.digest().equals(after.digest()) || !before.previous().equals(after.previous())) {
            changed.add("token");
        }
        if (!before.key().name().equals(after.key().name())) {
            changed.add("name");
        }
        if (!before.key().scopes().equals(after.key().scopes())) {
            changed.add("scopes");
        }
        if (!Objects.equals(before.key().expires(), after.key().expires())) {
            changed.add("expiry");
        }
        if (!before.key().limits().equals(after.key().limits())) {
            changed.add("limits");
        }
        return changed;
    }

    private static Map<Id, StoredKey> byId(List<StoredKey> keys) {
        Map<Id, StoredKey> byId = new HashMap<>();
        keys.forEach(key -> byId.put(new Id(key.key().database(), key.key().id()), key));
        return byId;
    }
}
