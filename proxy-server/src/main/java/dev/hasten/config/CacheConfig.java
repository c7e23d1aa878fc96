package dev.hasten.config;

/** The settings of the cache that all databases share. */
public record CacheConfig(
        @Setting(
                formerly = "bytes",
                value = "0",
                min = "1mb",
                max = "1024gb",
                zero = "a quarter of the heap",
                doc = "Memory for cached responses, divided among the databases by `databases.<name>.cache.share`.")
        long maxBytes,

        @Setting(
                value = "16mb",
                min = "100kb",
                max = "16gb",
                doc =
                        "Memory for what is proved about statements and plans, over all databases, approximately. If it is too"
                                + " small, statements are proved again and again.")
        long maxProofBytes,

        @Setting(
                value = "10000",
                min = "100",
                max = "1000000",
                zero = "none",
                doc =
                        "How many requests are remembered for `hasten explain`, over all databases. Each takes about 300 bytes.")
        int recentRequests) {
    /** The memory in bytes, with the default resolved. */
    public long limitBytes() {
        return maxBytes == 0 ? Runtime.getRuntime().maxMemory() / 4 : maxBytes;
    }
}
