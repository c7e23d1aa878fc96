package dev.hasten.compiler;

/** Accounts for the memory of a compiler while it works. */
@FunctionalInterface
public interface CompilerMemory {
    /** For work whose memory nobody counts. */
    CompilerMemory UNCOUNTED = _ -> {};

    /**
     * Called every 20 ms by the thread that waits for the compiler. Whatever this throws ends the call.
     *
     * @param bytes what the compiler holds now
     */
    void holds(long bytes);
}
