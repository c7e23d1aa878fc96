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
 */
public record CaptureSettings(boolean spans, Set<String> levels) {
    private static final Set<String> LEVELS = Set.of("debug", "query", "info", "warn", "error");

    /** No telemetry. */
    public static final CaptureSettings NONE = new CaptureSettings(false, Set.of());

    /**
     * Parses the header.
     *
     * @throws ApiError P6000 if a word is neither {@code tracing} nor a level
     */
    public static CaptureSettings parse(@Nullable String header) {
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
        return new CaptureSettings(spans, Set.copyOf(levels));
    }

    /** Whether any telemetry is requested. */
    public boolean any() {
        return spans || !levels.isEmpty();
    }
}
