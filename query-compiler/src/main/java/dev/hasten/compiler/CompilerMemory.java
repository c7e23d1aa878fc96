package dev.hasten.compiler;

/** Tracks the memory of a compiler while it is running. */
@FunctionalInterface
public interface CompilerMemory {
    /** Does not limit the memory. */
    CompilerMemory UNCOUNTED = _ -> {};

    /**
     * Called every 20 ms by the thread that waits for the compiler. If this throws, the compiler is stopped and the
     * exception is propagated to the caller.
     *
     * @param bytes current memory of the compiler in bytes
     */
    void holds(long bytes);
}
