package dev.hasten.cache;

import java.time.Duration;
import java.util.List;

/**
 * A possible next event in a {@link CacheWorld}. {@code who} selects one of the candidates, modulo their number;
 * without candidates, nothing happens.
 */
sealed interface Step {
    /**
     * The clock readings at which an actor stops, in addition to its queries.
     *
     * @param first the number of the reading, starting at 1; 0 for none
     * @param second the number of another reading
     * @param late whether it stops after the reading, so that the time is old when it continues
     */
    record Pauses(int first, int second, boolean late) {
        static final Pauses NONE = new Pauses(0, 0, false);

        boolean include(int look) {
            return look == first || look == second;
        }
    }

    /**
     * A request arrives.
     *
     * @param strategy the number of a strategy of the story
     * @param looked whether it relies on its earlier lookup
     * @param size the size of the response in bytes
     */
    record Read(int key, int strategy, boolean gzip, boolean looked, int size, Pauses pauses) implements Step {}

    /** An actor continues through the given number of gates. */
    record GoOn(int who, int gates) implements Step {}

    /** A query fails; if its cancellation was requested, it ends as cancelled. */
    record FailQuery(int who) implements Step {}

    /** A client disconnects. */
    record Leave(int who) implements Step {}

    /** A background task of the cache starts. */
    record RunTask(int who, Pauses pauses) implements Step {}

    record Invalidate(List<String> tags) implements Step {}

    record InvalidateAll() implements Step {}

    record ChangeSchema() implements Step {}

    /** A write of a relation is committed, and then recorded. */
    record Write(int relation) implements Step {}

    /** A write is committed, and it is not known what it wrote. */
    record WriteAnything() implements Step {}

    /** The connection of a write breaks: it may become visible at any moment until it is settled. */
    record LoseWrite(int relation) implements Step {}

    /** A lost write is visible, or will never be. */
    record Settle(int who) implements Step {}

    record LetTimePass(Duration duration) implements Step {}
}
