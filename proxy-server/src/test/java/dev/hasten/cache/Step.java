package dev.hasten.cache;

import java.time.Duration;
import java.util.List;

/**
 * What may happen next in a {@link CacheWorld}. A {@code who} selects among those to whom it may happen, modulo their
 * number; when there is nobody, nothing happens.
 */
sealed interface Step {
    /**
     * Where an actor stops besides its queries: where it looks at the clock.
     *
     * @param first the number of the look, from 1 on; 0 for none
     * @param second the same, of another look
     * @param late whether it stops after the look, so that what it saw is old when it goes on
     */
    record Pauses(int first, int second, boolean late) {
        static final Pauses NONE = new Pauses(0, 0, false);

        boolean include(int look) {
            return look == first || look == second;
        }
    }

    /**
     * A request comes.
     *
     * @param strategy one of the story's
     * @param looked whether it relies on the look that it took first
     * @param size of the answer in bytes
     */
    record Read(int key, int strategy, boolean gzip, boolean looked, int size, Pauses pauses) implements Step {}

    /** An actor goes on, through so many gates. */
    record GoOn(int who, int gates) implements Step {}

    /** A query fails, or is cancelled if somebody asked for that. */
    record FailQuery(int who) implements Step {}

    /** A client goes away. */
    record Leave(int who) implements Step {}

    /** What the cache wants done in the background begins. */
    record RunTask(int who, Pauses pauses) implements Step {}

    record Invalidate(List<String> tags) implements Step {}

    record InvalidateAll() implements Step {}

    record ChangeSchema() implements Step {}

    record LetTimePass(Duration duration) implements Step {}
}
