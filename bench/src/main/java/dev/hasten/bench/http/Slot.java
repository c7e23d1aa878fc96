package dev.hasten.bench.http;

import java.util.Locale;

/**
 * A placeholder in a template, whose value changes from request to request; for example {@code @ID} in the
 * recorded bodies.
 */
public enum Slot {
    /** Id of a user, 1 to {@link dev.hasten.bench.setup.BenchTables#USERS}. */
    ID,
    /** Id of a post of that user. */
    POST,
    /** A small number. */
    NUMBER,
    /** Arbitrary text; digits are sent. */
    TEXT,
    /** The id of an interactive transaction, assigned by the server. */
    TRANSACTION;

    String placeholder() {
        return "@" + name().toUpperCase(Locale.ROOT);
    }
}
