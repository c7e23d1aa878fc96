package dev.hasten.cache;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An invalidation, for operators.
 *
 * @param at null if it is too long ago to be remembered
 * @param cause null if it is too long ago to be remembered
 */
public record PastInvalidation(
        long generation, @Nullable Instant at, @Nullable Cause cause) {}
