package dev.hasten.config;

import java.time.Duration;

/** Statistics of queries by their shape. */
public record InsightsConfig(
        @Setting(
                value = "2000",
                min = "100",
                max = "100000",
                zero = "off",
                doc =
                        "How many query shapes have statistics, over all databases. Each takes about 4 KB, and up to 20 KB with long SQL. If there are more,"
                                + " the least used ones are forgotten.")
        int maxShapes,

        @Setting(
                value = "1h",
                min = "1m",
                max = "24h",
                doc = "How long statistics are added up. Those of the window before are kept as well.")
        Duration window) {}
