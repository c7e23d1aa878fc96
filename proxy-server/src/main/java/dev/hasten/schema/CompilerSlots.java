package dev.hasten.schema;

import dev.hasten.memory.Reservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits how many query compilers are open, and how many run at the same time. In steady state none of them is needed,
 * because all plans are cached. A closed compiler is opened again when it is needed.
 */
final class CompilerSlots {
    private static final int MOST_OPEN = 8;

    /** Compilers run on platform threads, which compete with the server's own threads for the processors. */
    private static final int MOST_WORKING = Math.max(2, Runtime.getRuntime().availableProcessors());

    /** Leaves slots for other API keys. */
    private static final int MOST_WORKING_OF_KEY = MOST_WORKING / 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    /** Running compilers by API key. Guarded by {@link #lock}. */
    private final Map<String, Integer> working = new HashMap<>();

    private int workingCount;

    private final long mostBytes;
    /** Memory of the open compilers in bytes, least recently used first. Guarded by itself. */
    private final SequencedMap<SchemaCompiler, Long> open = new LinkedHashMap<>();

    /** @param mostBytes maximum memory of all open compilers between calls; the most recently used one always stays open */
    CompilerSlots(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * Waits until one more compiler may run for an API key.
     *
     * @param requester memory of the request, which identifies its key
     */
    void begin(Reservation requester) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (workingCount == MOST_WORKING || working.getOrDefault(requester.owner(), 0) == MOST_WORKING_OF_KEY) {
                ended.await();
            }
            workingCount++;
            working.merge(requester.owner(), 1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    /** Releases the slot of {@link #begin}. */
    void end(Reservation requester) {
        lock.lock();
        try {
            workingCount--;
            working.computeIfPresent(requester.owner(), (_, count) -> count == 1 ? null : count - 1);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes that an open compiler was used. Closes the least recently used ones if there are too many.
     *
     * @param bytes memory of the compiler
     */
    void use(SchemaCompiler compiler, long bytes) {
        List<SchemaCompiler> losers = new ArrayList<>();
        synchronized (open) {
            open.putLast(compiler, bytes);
            while (open.size() > 1 && (open.size() > MOST_OPEN || openBytes() > mostBytes)) {
                losers.add(open.pollFirstEntry().getKey());
            }
        }
        losers.forEach(SchemaCompiler::close);
    }

    private long openBytes() {
        return open.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Closes all compilers that are not running, except the given one. */
    void closeOthers(SchemaCompiler needy) {
        List<SchemaCompiler> others;
        synchronized (open) {
            others = open.keySet().stream()
                    .filter(compiler -> !compiler.equals(needy))
                    .toList();
        }
        others.forEach(SchemaCompiler::close);
    }

    /** Whether the compiler may stay open. */
    boolean holds(SchemaCompiler compiler) {
        synchronized (open) {
            return open.containsKey(compiler);
        }
    }

    void forget(SchemaCompiler compiler) {
        synchronized (open) {
            open.remove(compiler);
        }
    }
}
