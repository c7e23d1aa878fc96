package dev.hasten.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The change stream of a database, for {@code cache.invalidation: stream}. */
public record StreamConfig(
        @Setting(
                doc =
                        "URL of a role with the attribute REPLICATION; the default is `databases.<name>.url`. The role may read"
                                + " every row, so a role of its own is recommended. Must be the same server, without a"
                                + " pooler in between.")
        @Nullable
        DatabaseUrl url,

        @Setting(
                value = "1s",
                min = "100ms",
                max = "1h",
                doc =
                        "A read contains every change that was acknowledged longer ago than this. While Hasten cannot guarantee"
                                + " it, it does not use the cache.")
        Duration bound,

        @Setting(
                value = "1gb",
                min = "16mb",
                max = "1000gb",
                doc =
                        "Maximum size of the write-ahead log that PostgreSQL keeps for the stream, for example during a long"
                                + " write transaction. When it is exceeded, the replication slot is dropped, and the cache is"
                                + " not used until a new one exists.")
        long maxLagBytes,

        @Setting(
                value = "10000",
                min = "100",
                max = "1000000",
                doc =
                        "Maximum number of commits that have arrived and are not known to be visible. With more, nothing is"
                                + " stored until all of them are visible.")
        int maxPendingCommits) {}
