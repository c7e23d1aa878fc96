package dev.hasten.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the apps of one database may do with the cache. */
public record DatabaseCacheConfig(
        @Setting(value = "true", doc = "`false`: nothing is cached, whatever `cacheStrategy` apps ask for.")
        boolean enabled,

        @Setting(
                value = "1",
                min = "1",
                max = "1000",
                doc = "Weight of this database when `cache.bytes` is divided; no database can take another's part.")
        int share,

        @Setting(value = "8760h", min = "1s", max = "8760h", doc = "Longest `ttl`; a longer one counts as this.")
        Duration maxTtl,

        @Setting(
                value = "8760h",
                min = "1s",
                max = "8760h",
                zero = "nothing is served stale",
                doc = "Longest `swr`; a longer one counts as this.")
        Duration maxSwr,

        @Setting(value = "5", min = "1", max = "100", doc = "Most tags of a query, and of an invalidation.")
        int maxTags,

        @Setting(
                value = "0",
                min = "1kb",
                max = "1gb",
                zero = "`limits.response_bytes`",
                doc = "Largest answer that is stored.")
        long entryBytes,

        @Setting(
                value = "true",
                doc = "Whether all API keys of the database get the same entries, or each key only its own.")
        boolean sharedByKeys,

        @Setting(
                value = "100",
                min = "1",
                max = "1000000",
                zero = "no limit",
                doc = "Most invalidations per second by clients, and as many schema invalidations; one more is answered"
                        + " 429.")
        int invalidations) {

    /**
     * An element of the list {@code databases.<name>.cache.defaults}: the strategy of a model for requests that name
     * none.
     *
     * @param model required
     */
    public record Default(
            @Setting(
                    pattern = "\\*|[A-Za-z][A-Za-z0-9_]{0,127}",
                    doc =
                            "Model whose queries are cached when the app names no `cacheStrategy`; `*` is every model that"
                                    + " is not listed. Required.")
            @Nullable
            String model,

            @Setting(value = "0s", min = "1s", max = "8760h", zero = "none", doc = "As `ttl` of a `cacheStrategy`.")
            Duration ttl,

            @Setting(value = "0s", min = "1s", max = "8760h", zero = "none", doc = "As `swr` of a `cacheStrategy`.")
            Duration swr,

            @Setting(
                    pattern = "[A-Za-z0-9_]{1,64}(\\s*,\\s*[A-Za-z0-9_]{1,64})*",
                    doc = "As `tags` of a `cacheStrategy`, with commas between them.")
            @Nullable
            String tags) {
        /** The tags one by one; none when unset. */
        public List<String> tagList() {
            return tags == null ? List.of() : Arrays.asList(tags.split("\\s*,\\s*", -1));
        }
    }
}
