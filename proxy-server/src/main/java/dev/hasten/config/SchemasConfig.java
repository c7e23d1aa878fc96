package dev.hasten.config;

import java.time.Duration;

/** The Prisma schemas that clients without an engine (Prisma 5 and 6) upload. */
public record SchemasConfig(
        @Setting(
                value = "50",
                min = "1",
                max = "10000",
                doc = "Most schemas that are kept; for one more, the one not used for the longest is dropped.")
        int count,

        @Setting(value = "4mb", min = "1kb", max = "64mb", doc = "Largest schema; a larger one is refused.")
        long bytes,

        @Setting(
                value = "20s",
                min = "1s",
                max = "10m",
                doc = "Most CPU time that the query compiler may use to read a schema or to compile a query. Time spent"
                        + " waiting for a processor is not counted.")
        Duration maxCompileTime,

        @Setting(
                value = "file",
                doc =
                        "Where schemas outlive a restart: `file`, below `state_dir`; `table`, in `hasten.prisma_schema` of"
                                + " the database, where all servers of the database find them.")
        Store store) {
    /** Where schemas are kept. */
    public enum Store {
        FILE,
        TABLE
    }
}
