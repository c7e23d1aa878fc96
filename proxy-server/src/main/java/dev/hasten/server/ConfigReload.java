package dev.hasten.server;

import java.util.Set;

/**
 * The result of reading the configuration again.
 *
 * @param applied the changed keys that are in force now
 * @param restartRequired the changed keys that take effect with a restart, including those of earlier reloads
 */
public record ConfigReload(Set<String> applied, Set<String> restartRequired) {
    /** Copies the sets. */
    public ConfigReload {
        applied = Set.copyOf(applied);
        restartRequired = Set.copyOf(restartRequired);
    }
}
