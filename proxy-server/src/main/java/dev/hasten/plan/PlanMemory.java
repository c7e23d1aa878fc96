package dev.hasten.plan;

import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.MemoryUse;

/** Memory for what a query plan makes while it runs, taken from the request that runs it. */
final class PlanMemory {
    /** Bound while a thread runs a plan, for code deep inside the plan. */
    static final ScopedValue<Cancellation> RUNNING = ScopedValue.newInstance();

    private PlanMemory() {}

    /**
     * Called before something is made whose size the plan determines. Does nothing outside of plans.
     *
     * @throws dev.hasten.memory.MemoryExhaustedException if there is no room for it
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
