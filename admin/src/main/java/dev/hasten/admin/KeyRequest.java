package dev.hasten.admin;

import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import dev.hasten.config.KeyLimits;
import dev.hasten.config.KeyScope;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to create a key, from the admin API or the command line.
 *
 * @param name name of the key; checked when the key is created
 * @param database the database that the key gives access to; may be null if there is only one
 * @param scopes the {@link KeyScope#text() words} for its scopes; null means {@link KeyScope#DEFAULT}
 * @param expires see {@link KeyExpiry}; null means never
 * @param limits how much the requests of the key may use
 */
public record KeyRequest(
        String name,
        @Nullable String database,
        @Nullable List<String> scopes,
        @Nullable String expires,
        KeyLimits limits) {
    /** Copies the scopes. */
    public KeyRequest {
        scopes = scopes == null ? null : List.copyOf(scopes);
    }

    /**
     * Creates the key. Performs I/O.
     *
     * @param databases the names of all databases
     * @throws IllegalArgumentException if the request is invalid; the message states the problem
     * @throws dev.hasten.auth.KeyFileException if the key file cannot be read or written
     */
    public CreatedKey make(ApiKeys keys, Collection<String> databases, Instant now) {
        Instant end = expires == null ? null : KeyExpiry.parse(expires, now);
        return keys.create(
                name,
                DatabaseName.chosen(database, databases),
                scopes == null ? KeyScope.DEFAULT : KeyScope.parse(scopes),
                end,
                limits);
    }
}
