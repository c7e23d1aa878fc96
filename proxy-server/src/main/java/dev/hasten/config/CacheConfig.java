package dev.hasten.config;

/** The memory of the cache, which is divided among all databases. */
public record CacheConfig(
        @Setting(
                formerly = "bytes",
                value = "0",
                min = "1mb",
                max = "1024gb",
                zero = "a quarter of the heap",
                doc = "Memory for cached responses, divided among the databases by `databases.<name>.cache.share`.")
        long maxBytes) {
    /** The memory in bytes, with the default resolved. */
    public long limitBytes() {
        return maxBytes == 0 ? Runtime.getRuntime().maxMemory() / 4 : maxBytes;
    }
}
