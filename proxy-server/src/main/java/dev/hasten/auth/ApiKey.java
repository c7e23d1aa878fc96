package dev.hasten.auth;

import dev.hasten.config.KeyLimits;
import dev.hasten.config.KeyScope;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of an API key. It contains neither the token nor its hash, so it is safe to log.
 *
 * @param id 8 characters that are also part of the token, or {@code config:<name>} for a key in the configuration,
 *     which is unique only within its database
 * @param name chosen by the operator; 1 to 64 printable characters without leading or trailing spaces
 * @param database the database that the key gives access to
 * @param scopes what the key may do in that database; immutable and never empty
 * @param created null for a key in the configuration
 * @param expires the key is rejected from this instant on; null means it never expires
 * @param limits how much its requests may use
 * @param source where the key is stored
 */
public record ApiKey(
        String id,
        String name,
        String database,
        Set<KeyScope> scopes,
        @Nullable Instant created,
        @Nullable Instant expires,
        KeyLimits limits,
        Source source) {
    private static final int LONGEST_NAME = 64;

    /** Where a key is stored, which determines how it can be revoked. */
    public enum Source {
        /** In the configuration. To revoke it, remove it there and restart the server. */
        CONFIG,
        /** In the key file; {@link ApiKeys#revoke} removes it. */
        FILE
    }

    /**
     * Checks the name and copies the scopes.
     *
     * @throws IllegalArgumentException if the name is invalid or {@code scopes} is empty
     */
    public ApiKey {
        Objects.requireNonNull(id, "id is null");
        Objects.requireNonNull(database, "database is null");
        Objects.requireNonNull(source, "source is null");
        checkName(name);
        scopes = KeyScope.copyOf(scopes);
    }

    /** A key without limits. */
    public ApiKey(
            String id,
            String name,
            String database,
            Set<KeyScope> scopes,
            @Nullable Instant created,
            @Nullable Instant expires,
            Source source) {
        this(id, name, database, scopes, created, expires, KeyLimits.NONE, source);
    }

    /**
     * Checks the name of a key.
     *
     * @throws IllegalArgumentException if it is empty or too long, has a leading or trailing space, or contains a
     *     non-printable character
     */
    static void checkName(String name) {
        int length = name.codePointCount(0, name.length());
        if (length < 1
                || length > LONGEST_NAME
                || !name.equals(name.strip())
                || !name.codePoints().allMatch(ApiKey::isPrintable)) {
            throw new IllegalArgumentException("a key name must have 1 to " + LONGEST_NAME
                    + " printable characters and no leading or trailing space");
        }
    }

    /**
     * Whether the key has this scope. A key with {@code READ} but without a query scope may use every query protocol.
     */
    public boolean allows(KeyScope scope) {
        return scopes.contains(scope)
                || (KeyScope.QUERIES.contains(scope)
                        && scopes.contains(KeyScope.READ)
                        && Collections.disjoint(scopes, KeyScope.QUERIES));
    }

    /** Whether statements of this key must not write. */
    public boolean isReadOnly() {
        return scopes.contains(KeyScope.READ);
    }

    /** Whether the key is expired at this time: true from the instant {@link #expires} on, inclusive. */
    public boolean expired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    // Format characters are not allowed because they can reverse or hide adjacent text in a log or terminal.
    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
