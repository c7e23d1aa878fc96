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
 * How many query compilers may be in memory, and how many may compute at the same time. In steady state none of them is
 * needed: the plans are known. One that is needed again is opened again.
 */
final class CompilerSlots {
    private static final int MOST_OPEN = 8;

    /** Compilers compute on threads of the operating system: more than this would leave the others too little time. */
    private static final int MOST_WORKING = Math.max(2, Runtime.getRuntime().availableProcessors());

    /** So that one API key cannot keep the others from compiling. */
    private static final int MOST_WORKING_OF_KEY = MOST_WORKING / 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    /** How many work for each API key. Guarded by {@link #lock}. */
    private final Map<String, Integer> working = new HashMap<>();

    private int workingCount;

    private final long mostBytes;
    /** Bytes of the open ones, in the order of use, the latest last. Guarded by itself. */
    private final SequencedMap<SchemaCompiler, Long> open = new LinkedHashMap<>();

    /** @param mostBytes that all open compilers may hold between two calls; the latest one may stay in any case */
    CompilerSlots(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /**
     * Waits until one more compiler may work for a key.
     *
     * @param requester the memory of the request that wants it
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

    /** Ends what {@link #begin} began. */
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
     * The compiler is open, and used now; those that were used the longest ago may have to close.
     *
     * @param bytes that it holds
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

    /** Closes all that are not at work, except one. */
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
