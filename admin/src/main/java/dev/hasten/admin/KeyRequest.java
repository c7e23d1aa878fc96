package dev.hasten.admin;

import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A key that an operator asks for, by the admin API or the command line.
 *
 * @param name what the operator calls it; checked when it is made
 * @param database what it is to open; null where there is only one database to mean
 * @param expires see {@link Expiry}; null for never
 */
public record KeyRequest(
        String name, @Nullable String database, @Nullable String expires) {

    /**
     * Makes the key. Does I/O.
     *
     * @param databases the names of the databases that there are
     * @throws IllegalArgumentException saying what is wrong with the request
     * @throws dev.hasten.auth.KeyFileException when the key file cannot be read or written
     */
    public CreatedKey make(ApiKeys keys, Collection<String> databases, Instant now) {
        Instant end = expires == null ? null : Expiry.parse(expires, now);
        return keys.create(name, database == null ? only(databases) : database, end);
    }

    private static String only(Collection<String> databases) {
        if (databases.size() != 1) {
            throw new IllegalArgumentException(
                    "database is required, because there are several: " + String.join(", ", databases));
        }
        return databases.iterator().next();
    }
}
