package dev.hasten.admin;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Which database an operator means. */
final class DatabaseName {
    private DatabaseName() {}

    /**
     * The one that is named, or the only one that there is.
     *
     * @param given null when none is named
     * @param known the names of all that there are
     * @throws IllegalArgumentException naming those that there are
     */
    static String chosen(@Nullable String given, Collection<String> known) {
        if (given == null) {
            if (known.size() != 1) {
                throw new IllegalArgumentException(
                        "database is required, because there are several: " + String.join(", ", known));
            }
            return known.iterator().next();
        }
        if (!known.contains(given)) {
            throw new IllegalArgumentException(
                    "there is no database " + given + "; known are " + String.join(", ", known));
        }
        return given;
    }
}
