package dev.hasten.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A permission of an API key. Written as {@link #text()} in the configuration, the key file, the admin API and on the
 * command line.
 */
public enum KeyScope {
    /** Run Prisma queries and transactions. */
    PRISMA,
    /** Run SQL over HTTP. */
    SQL,
    /** Run only read-only queries: restricts the two scopes above, and on its own implies both. */
    READ,
    /** Invalidate the cache by tag. */
    INVALIDATE,
    /** Report that the schema has changed. */
    SCHEMA;

    /** The scopes of a key if none are specified: everything that an app needs. Immutable. */
    public static final Set<KeyScope> DEFAULT = copyOf(List.of(PRISMA, SQL, INVALIDATE));

    /** The scopes that permit queries. Immutable. */
    public static final Set<KeyScope> QUERIES = copyOf(List.of(PRISMA, SQL));

    /** The name of this scope in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of scopes, in the given order. */
    public static List<String> texts(Collection<KeyScope> scopes) {
        return scopes.stream().map(KeyScope::text).toList();
    }

    /**
     * Parses the names of scopes. Duplicates are ignored.
     *
     * @return immutable, in the order of declaration
     * @throws IllegalArgumentException if there are no words or a word is not a scope; the message contains the word
     *     and the allowed scopes
     */
    public static Set<KeyScope> parse(Collection<String> words) {
        return copyOf(words.stream().map(KeyScope::of).toList());
    }

    /**
     * Returns an immutable copy, in the order of declaration.
     *
     * @throws IllegalArgumentException if there are none, because a key without permissions is a mistake
     */
    public static Set<KeyScope> copyOf(Collection<KeyScope> scopes) {
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("a key needs at least one scope; " + known());
        }
        return Collections.unmodifiableSet(EnumSet.copyOf(scopes));
    }

    private static KeyScope of(String word) {
        return Arrays.stream(values())
                .filter(scope -> scope.text().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown scope \"" + word + "\"; " + known()));
    }

    private static String known() {
        return "allowed scopes: " + String.join(", ", texts(List.of(values())));
    }
}
