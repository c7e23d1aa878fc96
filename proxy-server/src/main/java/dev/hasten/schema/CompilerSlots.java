package dev.hasten.schema;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * How many schemas may have a compiler in memory at the same time. In steady state none of them is needed: the plans are
 * known. One that is needed again is made again.
 */
final class CompilerSlots {
    private static final int MOST = 8;

    /** As many may be at work at the same time: each may take a lot of memory then. */
    private final Semaphore working = new Semaphore(MOST, true);

    private final Map<CompiledSchema, Boolean> used = new LinkedHashMap<>(16, 0.75f, true);

    /** The schema has a compiler, and uses it now; the one that did so the longest ago may lose its own. */
    void use(CompiledSchema schema) {
        CompiledSchema loser = add(schema);
        if (loser != null) {
            loser.closeCompiler();
        }
    }

    private synchronized @Nullable CompiledSchema add(CompiledSchema schema) {
        used.put(schema, true);
        if (used.size() <= MOST) {
            return null;
        }
        CompiledSchema eldest = used.keySet().iterator().next();
        used.remove(eldest);
        return eldest;
    }

    /** Waits until one more compiler may work. */
    void begin() {
        working.acquireUninterruptibly();
    }

    void end() {
        working.release();
    }

    /** Whether the schema may keep its compiler. */
    synchronized boolean holds(CompiledSchema schema) {
        return used.containsKey(schema);
    }

    synchronized void forget(CompiledSchema schema) {
        used.remove(schema);
    }
}
