package dev.hasten.protocol;

/** Receives the progress of parsing a body, and can stop the parsing by throwing an exception. */
@FunctionalInterface
public interface ParseMeter {
    /** Ignores all progress; for small bodies. */
    ParseMeter NONE = _ -> {};

    /**
     * Called after every {@link MeteredParser#STEP} tokens and at the end.
     *
     * @param bytes estimated memory of the objects created since the last call, without the characters of strings
     */
    void values(int bytes);

    /**
     * Called before a body, or a part of it, is parsed into values.
     *
     * @param bytes length of the JSON, which is an upper bound for the length of its strings
     */
    default void texts(int bytes) {}
}
