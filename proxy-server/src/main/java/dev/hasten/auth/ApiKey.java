package dev.hasten.auth;

import dev.hasten.protocol.Access;
import dev.hasten.protocol.Scope;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known about an API key. Neither its token nor the hash of it is part of this: it is safe to log.
 *
 * @param id 8 characters that also stand in the token, or {@code config:<name>} for a key of the configuration, which
 *     is unique only in its database
 * @param name chosen by the operator: 1 to 64 printable characters, with no space at either end
 * @param database the one database that the key opens
 * @param scopes all that the key may do there; immutable and never empty
 * @param created null for a key of the configuration
 * @param expires from this instant on the key is refused; null means never
 * @param source where the key is kept
 */
public record ApiKey(
        String id,
        String name,
        String database,
        Set<Scope> scopes,
        @Nullable Instant created,
        @Nullable Instant expires,
        Source source) {
    private static final int LONGEST_NAME = 64;

    /** Where a key is kept, and so how it is taken away. */
    public enum Source {
        /** In the configuration; it goes with a restart. */
        CONFIG,
        /** In the key file; {@link ApiKeys#revoke} removes it. */
        FILE
    }

    /**
     * Checks the name and copies the scopes.
     *
     * @throws IllegalArgumentException if the name is not as described above, or there is no scope
     */
    public ApiKey {
        Objects.requireNonNull(id, "id is null");
        Objects.requireNonNull(database, "database is null");
        Objects.requireNonNull(source, "source is null");
        checkName(name);
        scopes = Scope.copyOf(scopes);
    }

    /**
     * Checks the name for a key.
     *
     * @throws IllegalArgumentException if it is empty, too long, or holds what cannot be printed as it is
     */
    static void checkName(String name) {
        int length = name.codePointCount(0, name.length());
        if (length < 1
                || length > LONGEST_NAME
                || !name.equals(name.strip())
                || !name.codePoints().allMatch(ApiKey::isPrintable)) {
            throw new IllegalArgumentException(
                    "the name of a key has 1 to " + LONGEST_NAME + " printable characters and no space at either end");
        }
    }

    /** Whether the key may do this. A key that may only read, and says nothing of how, may read by every protocol. */
    public boolean allows(Scope scope) {
        return scopes.contains(scope)
                || (Scope.QUERIES.contains(scope)
                        && scopes.contains(Scope.READ)
                        && Collections.disjoint(scopes, Scope.QUERIES));
    }

    /** What the statements of the key may do. */
    public Access access() {
        return scopes.contains(Scope.READ) ? Access.READ_ONLY : Access.READ_WRITE;
    }

    /** Whether the key is refused at this time: true from {@link #expires} on, that instant included. */
    public boolean expired(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    // Format characters are out because they reverse or hide what stands next to them in a log or a terminal.
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
