package dev.hasten.telemetry;

import dev.hasten.protocol.ApiError;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The telemetry that a client requests with its response, from the header {@code X-Capture-Telemetry}.
 *
 * @param spans whether spans are requested
 * @param levels the levels of requested log events
 * @param format whose events the client expects
 */
public record CaptureSettings(boolean spans, Set<String> levels, Format format) {
    private static final Set<String> LEVELS = Set.of("debug", "query", "info", "warn", "error");

    /** No telemetry. */
    public static final CaptureSettings NONE = new CaptureSettings(false, Set.of(), Format.EXECUTOR);

    /** Which events there are. */
    public enum Format {
        /** Those of the query plan executor of Prisma 7: one for each failed request, none for BEGIN. */
        EXECUTOR,
        /** Those of the query engine of Prisma 5 and 6: one for BEGIN, none for failed requests, which clients log. */
        ENGINE
    }

    /**
     * Parses the header.
     *
     * @throws ApiError P6000 if a word is neither {@code tracing} nor a level
     */
    public static CaptureSettings parse(@Nullable String header, Format format) {
        if (header == null) {
            return NONE;
        }
        boolean spans = false;
        Set<String> levels = new LinkedHashSet<>();
        for (String part : header.split(",", -1)) {
            String word = part.strip();
            if (word.equals("tracing")) {
                spans = true;
            } else if (LEVELS.contains(word)) {
                levels.add(word);
            } else if (!word.isEmpty()) {
                throw ApiError.badRequest(
                        "Invalid header X-Capture-Telemetry: it must be one or more of tracing, debug, query,"
                                + " info, warn and error, separated by commas");
            }
        }
        return new CaptureSettings(spans, Set.copyOf(levels), format);
    }

    /** Whether any telemetry is requested. */
    public boolean any() {
        return spans || !levels.isEmpty();
    }
}
