package dev.hasten.config;

/** The memory that requests may hold, which all databases share. */
public record MemoryConfig(
        @Setting(
                value = "0",
                min = "16mb",
                max = "1024gb",
                zero = "a third of the heap",
                doc = "Memory for request bodies, results, responses that clients have not taken yet, and query"
                        + " compilers. What does not fit is refused with 429 or 503; see docs/memory.md.")
        long budget) {
    /** The memory in bytes, with the default worked out. */
    public long budgetBytes() {
        return budget == 0 ? Runtime.getRuntime().maxMemory() / 3 : budget;
    }
}
