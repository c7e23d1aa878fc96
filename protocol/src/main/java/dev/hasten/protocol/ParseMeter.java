package dev.hasten.protocol;

/** Is told how far the parsing of a body has come, so that whoever parses can stop it by throwing. */
@FunctionalInterface
public interface ParseMeter {
    /** For small bodies. */
    ParseMeter NONE = _ -> {};

    /**
     * Some more values, member names and brackets were read.
     *
     * @param count how many; at most {@link MeteredParser#STEP}
     */
    void values(int count);

    /**
     * Called before a body is parsed into values.
     *
     * @param bytes the most that the texts in it can take, which is the length of the body
     */
    default void texts(int bytes) {}
}
