package dev.hasten.config;

import org.jspecify.annotations.Nullable;

/**
 * One problem with the configuration.
 *
 * @param key full path of the key, or the name of the environment variable or file that caused the problem
 * @param value the rejected value with secrets masked; null if the value is missing or must not be shown
 * @param explanation what is allowed or how to fix the problem
 * @param origin where the value came from
 */
public record ConfigProblem(String key, @Nullable String value, String explanation, Origin origin) {
    /** The problem on one line. Contains no secrets. */
    @Override
    public String toString() {
        String rejected = value == null ? "" : "\"" + value + "\" is not allowed: ";
        return key + ": " + rejected + explanation + " (" + origin.label() + ")";
    }
}
