package dev.hasten.bench.result;

import org.jspecify.annotations.Nullable;

/**
 * Results for idle connections.
 *
 * @param opened number of connections that were opened and sent one request each
 * @param stillOpen number of connections that were still open at the end of the load
 * @param answeredAgain number of those that answered another request
 * @param residentMegabytesBefore memory of the server process before the connections were opened; null if unknown
 * @param residentMegabytesWith memory of the server process when all were open; null if unknown
 */
public record Idle(
        int opened,
        long stillOpen,
        long answeredAgain,
        @Nullable Double residentMegabytesBefore,
        @Nullable Double residentMegabytesWith) {}
