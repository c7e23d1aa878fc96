package dev.hasten.telemetry;

import dev.hasten.protocol.ApiError;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants to be sent along with its answer, from {@code X-Capture-Telemetry}.
 *
 * @param spans whether spans
 * @param levels of log events
 */
public record CaptureSettings(boolean spans, Set<String> levels) {
    private static final Set<String> LEVELS = Set.of("debug", "query", "info", "warn", "error");

    /** Nothing. */
    public static final CaptureSettings NONE = new CaptureSettings(false, Set.of());

    /**
     * Reads the header.
     *
     * @throws ApiError P6000 for a word that is none of {@code tracing} and the levels
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
                        "Malformed X-Capture-Telemetry header: it lists `tracing` and the levels debug, query, info, warn, error");
            }
        }
        return new CaptureSettings(spans, Set.copyOf(levels));
    }

    /** Whether anything is wanted. */
    public boolean any() {
        return spans || !levels.isEmpty();
    }
}
