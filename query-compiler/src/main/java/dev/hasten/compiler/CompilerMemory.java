package dev.hasten.compiler;

/** Accounts for the memory of a compiler while it works. */
@FunctionalInterface
public interface CompilerMemory {
    /** Does not limit the memory. */
    CompilerMemory UNCOUNTED = _ -> {};

    /**
     * Called every 20 ms by the thread that waits for the compiler. If this throws, the call stops and throws the same.
     *
     * @param bytes memory of the compiler now
     */
    void holds(long bytes);
}
