package dev.hasten.config;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with the configuration.
 *
 * @param key full path of the key, or the name of the environment variable or file at fault
 * @param value the rejected value with secrets masked; null when a value is missing or not to be shown
 * @param explanation what is allowed, or what to do
 * @param origin where the value came from
 */
public record ConfigProblem(String key, @Nullable String value, String explanation, Origin origin) {
    /** The problem on one line, safe to print. */
    @Override
    public String toString() {
        String rejected = value == null ? "" : "\"" + value + "\" is not allowed: ";
        return key + ": " + rejected + explanation + " (" + origin.label() + ")";
    }
}
