package dev.hasten.audit;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done to the server.
 *
 * @param action what was done, such as {@code key.created}
 * @param actor who did it, such as {@code admin API} or {@code API key web}
 * @param database null if it concerns no single database
 * @param details further facts; no secrets
 */
public record AuditEvent(
        Instant time, String action, String actor, @Nullable String database, Map<String, String> details) {
    /** Copies the details. */
    public AuditEvent {
        details = Map.copyOf(details);
    }
}
