package dev.hasten.cache;

/** Whether all changes that a request must see are known. */
@FunctionalInterface
public interface Confirmation {
    /** For databases whose changes are recorded before they are acknowledged. */
    Confirmation ALWAYS = () -> true;

    /**
     * Whether every change is recorded that was acknowledged longer ago than the bound. Called before the generations
     * are compared. Must not block.
     */
    boolean isConfirmed();

    /**
     * Waits, but only some milliseconds, until {@link #isConfirmed} is true: the change stream does not ask PostgreSQL for
     * its position while nobody uses the cache.
     *
     * @return whether it is true
     */
    default boolean awaitConfirmed() {
        return isConfirmed();
    }
}
