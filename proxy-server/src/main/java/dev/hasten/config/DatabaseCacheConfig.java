package dev.hasten.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cache settings of one database. */
public record DatabaseCacheConfig(
        @Setting(value = "true", doc = "If `false`, nothing is cached and `cacheStrategy` is ignored.")
        boolean enabled,

        @Setting(
                value = "1",
                min = "1",
                max = "1000",
                doc = "Weight of this database when `cache.max_bytes` is divided among the databases. A database never"
                        + " uses more than its share.")
        int share,

        @Setting(value = "8760h", min = "1s", max = "8760h", doc = "Maximum `ttl`; longer values are reduced to this.")
        Duration maxTtl,

        @Setting(
                value = "8760h",
                min = "1s",
                max = "8760h",
                zero = "nothing is served stale",
                doc = "Maximum `swr`; longer values are reduced to this.")
        Duration maxSwr,

        @Setting(
                value = "5",
                min = "1",
                max = "100",
                doc = "Maximum number of tags of a query, and of an invalidation.")
        int maxTags,

        @Setting(
                formerly = "entry_bytes",
                value = "0",
                min = "1kb",
                max = "1gb",
                zero = "`limits.max_response_bytes`",
                doc = "Maximum size of a cached response; larger responses are not cached.")
        long maxEntryBytes,

        @Setting(
                value = "true",
                doc = "If `true`, all API keys of the database share the cache entries. If `false`, each key has its"
                        + " own.")
        boolean sharedByKeys,

        @Setting(
                value = "tags",
                doc =
                        "Who reports that cached data has changed. `tags`: the app, by tag. `writes`: also every write that"
                                + " passes through Hasten, whatever protocol it uses. `stream`: also PostgreSQL, for the writes"
                                + " of all others. [invalidation.md](invalidation.md) explains the differences.")
        Invalidation invalidation,

        @Setting(
                value = "5s",
                min = "1s",
                max = "24h",
                zero = "never",
                doc =
                        "How often Hasten looks for changes of the schema that nobody has reported. It does so only while the cache"
                                + " is used and the database has new transactions, and less often if it takes long.")
        Duration schemaPoll,

        @Setting(
                formerly = "invalidations",
                value = "100",
                min = "1",
                max = "1000000",
                zero = "no limit",
                doc = "Maximum number of invalidations per second by clients; schema invalidations have a separate"
                        + " limit of the same size. Further ones get status 429.")
        int invalidationsPerSecond) {

    /** Who reports that cached data has changed. */
    public enum Invalidation {
        TAGS,
        WRITES,
        STREAM
    }

    /**
     * An element of the list {@code databases.<name>.cache.defaults}: the strategy that applies to a model's queries
     * when the request has no {@code cacheStrategy}.
     *
     * @param model required
     */
    public record Default(
            @Setting(
                    pattern = "\\*|[A-Za-z][A-Za-z0-9_]{0,127}",
                    allowed = "the name of a model, or `*`",
                    doc = "Model whose queries are cached when the request has no `cacheStrategy`; `*` matches every"
                            + " model that is not listed. Required.")
            @Nullable
            String model,

            @Setting(
                    value = "0s",
                    min = "1s",
                    max = "8760h",
                    zero = "none",
                    doc = "Same as `ttl` of a `cacheStrategy`.")
            Duration ttl,

            @Setting(
                    value = "0s",
                    min = "1s",
                    max = "8760h",
                    zero = "none",
                    doc = "Same as `swr` of a `cacheStrategy`.")
            Duration swr,

            @Setting(
                    pattern = "[A-Za-z0-9_]{1,64}(\\s*,\\s*[A-Za-z0-9_]{1,64})*",
                    allowed = "tags of 1 to 64 of A-Z, a-z, 0-9 and `_`, separated by commas",
                    doc = "Same as `tags` of a `cacheStrategy`, separated by commas.")
            @Nullable
            String tags) {
        /** The tags as a list; empty if unset. */
        public List<String> tagList() {
            return tags == null ? List.of() : Arrays.asList(tags.split("\\s*,\\s*", -1));
        }
    }
}
