package dev.hasten.config;

/** The memory of the cache, which all databases share. */
public record CacheConfig(
        @Setting(
                value = "0",
                min = "1mb",
                max = "1024gb",
                zero = "a quarter of the heap",
                doc = "Memory for stored answers. Each database has its part of it, by `databases.<name>.cache.share`.")
        long bytes) {
    /** The memory in bytes, with the default worked out. */
    public long maxBytes() {
        return bytes == 0 ? Runtime.getRuntime().maxMemory() / 4 : bytes;
    }
}
