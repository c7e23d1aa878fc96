package dev.hasten.bench.http;

import java.util.Locale;

/** A place in a template whose value changes from request to request; written {@code @ID} in the recorded bodies. */
public enum Slot {
    /** Of a user, 1 to {@link dev.hasten.bench.setup.BenchTables#USERS}. */
    ID,
    /** Of a post of that user. */
    POST,
    /** Any small number. */
    NUMBER,
    /** Anything; digits are sent. */
    TEXT,
    /** The id that the server gave an interactive transaction. */
    TRANSACTION;

    String placeholder() {
        return "@" + name().toUpperCase(Locale.ROOT);
    }
}
