package dev.hasten.cache;

import dev.hasten.protocol.CacheStrategy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What may happen next in a {@link CacheWorld}. A {@code who} selects among those to whom it may happen, modulo their
 * number; when there is nobody, nothing happens.
 */
sealed interface Step {
    /** Where an actor stops besides its queries. */
    enum Pace {
        /** Nowhere. */
        STRAIGHT,
        /** Before each look at the clock. */
        BEFORE_CLOCK,
        /** After each look at the clock, which then may be late. */
        AFTER_CLOCK
    }

    /**
     * A request comes.
     *
     * @param strategy null for the default of the model
     * @param size of the answer in bytes
     */
    record Read(int key, @Nullable CacheStrategy strategy, boolean gzip, int size, Pace pace) implements Step {}

    /** An actor goes on. */
    record GoOn(int who) implements Step {}

    /** A query fails, or is cancelled if somebody asked for that. */
    record FailQuery(int who) implements Step {}

    /** A client goes away. */
    record Leave(int who) implements Step {}

    /** What the cache wants done in the background begins. */
    record RunTask(int who, Pace pace) implements Step {}

    record Invalidate(List<String> tags) implements Step {}

    record InvalidateAll() implements Step {}

    record ChangeSchema() implements Step {}

    record LetTimePass(Duration duration) implements Step {}
}
