package dev.hasten.protocol;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** One thing that an API key may do. Configuration, key file, admin API and command line say it by {@link #text()}. */
public enum Scope {
    /** Run Prisma queries and transactions. */
    PRISMA,
    /** Run SQL over HTTP. */
    SQL,
    /** Run queries, but none that writes: limits the two above, and stands for both where neither is named. */
    READ,
    /** Invalidate the cache by tag. */
    INVALIDATE,
    /** Tell that the schema has changed. */
    SCHEMA;

    /** What a key may do of which nothing else is said: all that an app asks for. Immutable. */
    public static final Set<Scope> DEFAULT = copyOf(List.of(PRISMA, SQL, INVALIDATE));

    /** The ways to run queries. Immutable. */
    public static final Set<Scope> QUERIES = copyOf(List.of(PRISMA, SQL));

    /** The word for it, in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The words for scopes, in the order given. */
    public static List<String> texts(Collection<Scope> scopes) {
        return scopes.stream().map(Scope::text).toList();
    }

    /**
     * The scopes of these words; one that is repeated counts once.
     *
     * @return immutable, in the order of declaration
     * @throws IllegalArgumentException naming the first word that is no scope, and those that are; also when there are
     *     no words
     */
    public static Set<Scope> parse(Collection<String> words) {
        return copyOf(words.stream().map(Scope::of).toList());
    }

    /**
     * An immutable copy, in the order of declaration.
     *
     * @throws IllegalArgumentException when there are none: a key that may do nothing is a mistake
     */
    public static Set<Scope> copyOf(Collection<Scope> scopes) {
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("a key needs at least one scope; " + known());
        }
        return Collections.unmodifiableSet(EnumSet.copyOf(scopes));
    }

    private static Scope of(String word) {
        return Arrays.stream(values())
                .filter(scope -> scope.text().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no scope \"" + word + "\"; " + known()));
    }

    private static String known() {
        return "known are " + String.join(", ", texts(List.of(values())));
    }
}
