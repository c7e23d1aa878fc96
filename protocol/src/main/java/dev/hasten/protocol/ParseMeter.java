package dev.hasten.protocol;

/** Is told how far the parsing of a body has come, so that whoever parses can stop it by throwing. */
@FunctionalInterface
public interface ParseMeter {
    /** For small bodies. */
    ParseMeter NONE = _ -> {};

    /**
     * Called after every {@link MeteredParser#STEP} tokens, and at the end.
     *
     * @param bytes estimated memory of the objects made since the last call, without the characters of strings
     */
    void values(int bytes);

    /**
     * Called before a body, or a part of it, is parsed into values.
     *
     * @param bytes length of the JSON, which the strings in it cannot exceed
     */
    default void texts(int bytes) {}
}
