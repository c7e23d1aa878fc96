package dev.hasten.bench.result;

import org.jspecify.annotations.Nullable;

/**
 * What became of idle connections.
 *
 * @param opened each did one request
 * @param stillOpen when the load beside them was over
 * @param answeredAgain of those, another request
 * @param residentMegabytesBefore memory of the server's process before they were opened; null if it is not known
 * @param residentMegabytesWith the same when all were open
 */
public record Idle(
        int opened,
        long stillOpen,
        long answeredAgain,
        @Nullable Double residentMegabytesBefore,
        @Nullable Double residentMegabytesWith) {}
