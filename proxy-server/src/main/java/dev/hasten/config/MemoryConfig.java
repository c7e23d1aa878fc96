package dev.hasten.config;

/** The memory for requests, which all databases share. */
public record MemoryConfig(
        @Setting(
                value = "0",
                min = "16mb",
                max = "1024gb",
                zero = "a third of the heap",
                doc = "Memory for request bodies, results, responses that clients have not received yet, and query"
                        + " compilers. Requests that do not fit are refused with status 429 or 503; see"
                        + " docs/memory.md.")
        long budget) {
    /** The memory in bytes, with the default resolved. */
    public long budgetBytes() {
        return budget == 0 ? Runtime.getRuntime().maxMemory() / 3 : budget;
    }
}
