package dev.hasten.admin;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Selects the database of an admin request or command. */
final class DatabaseName {
    private DatabaseName() {}

    /**
     * Returns the given database, or the only one if none is given.
     *
     * @param given null if none is given
     * @param known the names of all databases
     * @throws IllegalArgumentException if the database is unknown, or if none is given and there is not exactly one;
     *     the message lists the databases
     */
    static String chosen(@Nullable String given, Collection<String> known) {
        if (given == null) {
            if (known.size() != 1) {
                throw new IllegalArgumentException(
                        "there are several databases; choose one of them with `database` (command line: --database): "
                                + String.join(", ", known));
            }
            return known.iterator().next();
        }
        if (!known.contains(given)) {
            throw new IllegalArgumentException(
                    "unknown database " + given + "; known databases: " + String.join(", ", known));
        }
        return given;
    }
}
