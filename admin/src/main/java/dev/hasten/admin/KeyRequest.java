package dev.hasten.admin;

import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import dev.hasten.protocol.Scope;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key that an operator asks for, by the admin API or the command line.
 *
 * @param name what the operator calls it; checked when it is made
 * @param database what it is to open; null where there is only one database to mean
 * @param scopes the words for what it may do; null for {@link Scope#DEFAULT}
 * @param expires see {@link Expiry}; null for never
 */
public record KeyRequest(
        String name,
        @Nullable String database,
        @Nullable List<String> scopes,
        @Nullable String expires) {
    /** Copies the scopes. */
    public KeyRequest {
        scopes = scopes == null ? null : List.copyOf(scopes);
    }

    /**
     * Makes the key. Does I/O.
     *
     * @param databases the names of the databases that there are
     * @throws IllegalArgumentException saying what is wrong with the request
     * @throws dev.hasten.auth.KeyFileException when the key file cannot be read or written
     */
    public CreatedKey make(ApiKeys keys, Collection<String> databases, Instant now) {
        Instant end = expires == null ? null : Expiry.parse(expires, now);
        return keys.create(
                name,
                DatabaseName.chosen(database, databases),
                scopes == null ? Scope.DEFAULT : Scope.parse(scopes),
                end);
    }
}
