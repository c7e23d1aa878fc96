package dev.hasten.config;

import java.time.Duration;

/** The Prisma schemas uploaded by clients without an engine (Prisma 5 and 6). */
public record SchemasConfig(
        @Setting(
                formerly = "count",
                value = "50",
                min = "1",
                max = "10000",
                doc = "Maximum number of stored Prisma schemas; when it is exceeded, the least recently used"
                        + " one is deleted.")
        int maxCount,

        @Setting(
                formerly = "bytes",
                value = "4mb",
                min = "1kb",
                max = "64mb",
                doc = "Maximum size of a Prisma schema; larger ones are rejected.")
        long maxBytes,

        @Setting(
                value = "20s",
                min = "1s",
                max = "10m",
                doc = "Maximum CPU time for the query compiler to read a Prisma schema or to compile a query."
                        + " Time spent"
                        + " waiting for a processor is not counted.")
        Duration maxCompileTime,

        @Setting(
                value = "file",
                doc = "Where uploaded Prisma schemas are stored: `file` means below `state_dir`; `table`"
                        + " means in the table `hasten.prisma_schema` of the database, so that all"
                        + " servers that use the database share them.")
        Store store) {
    /** Where schemas are stored. */
    public enum Store {
        FILE,
        TABLE
    }
}
