package dev.hasten.plan;

import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.MemoryUse;

/** Reserves memory for values that a running query plan creates. It is counted for the request that runs the plan. */
final class PlanMemory {
    /** Bound while a thread runs a plan, for code that has no other access to the request. */
    static final ScopedValue<Cancellation> RUNNING = ScopedValue.newInstance();

    private PlanMemory() {}

    /**
     * Called before a value is created whose size depends on the plan. Does nothing if no plan is running.
     *
     * @throws dev.hasten.memory.MemoryExhaustedException if there is not enough memory
     * @throws dev.hasten.deadline.CancelledException if the request must stop
     */
    static void take(long bytes) {
        if (RUNNING.isBound()) {
            Cancellation work = RUNNING.get();
            work.memory().take(MemoryUse.RESULTS, bytes);
            work.checkpoint();
        }
    }
}
