package dev.hasten.memory;

import dev.hasten.memory.MemoryExhaustedException.Share;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all requests of this process together may hold. Requests never wait for memory: what does not fit is
 * refused immediately. Thread-safe.
 *
 * <p>Half of the budget is divided among the databases: each is guaranteed its share, regardless of the others. The
 * other half is available to databases that need more than their share, but not to connections that have not sent a
 * valid key. Within a database, an API key may hold everything that the database may hold, or half of that while
 * another key of the database is in use.
 */
public final class MemoryBudget {
    /** The database name for connections that have not sent a valid key. */
    public static final String NO_DATABASE = "";

    /**
     * The key for memory that all keys of a database share. It may hold everything that the database may hold, and is
     * not counted as another key in use.
     */
    public static final String SHARED = "";

    /** A key is considered in use for this long after its last request. */
    private static final long IN_USE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final long limitBytes;
    private final long guaranteedBytes;
    private final long sharedBytes;
    private final LongSupplier nanoTime;
    private final Map<String, DatabaseShare> databases = new HashMap<>();
    private final LongAdder[] usedBytes =
            Stream.generate(LongAdder::new).limit(MemoryUse.COUNT).toArray(LongAdder[]::new);
    /** Bytes of the shared half that are in use. */
    private long sharedUsedBytes;

    /**
     * Creates a budget for the databases of a server.
     *
     * @param limitBytes total size in bytes, 1 or more
     * @param databases the names of all databases
     */
    public MemoryBudget(long limitBytes, Collection<String> databases) {
        this(limitBytes, databases, System::nanoTime);
    }

    /** @param nanoTime same as {@link System#nanoTime} */
    MemoryBudget(long limitBytes, Collection<String> databases, LongSupplier nanoTime) {
        if (limitBytes < 1) {
            throw new IllegalArgumentException("limitBytes is " + limitBytes + ", must be 1 or more");
        }
        this.limitBytes = limitBytes;
        this.nanoTime = nanoTime;
        this.databases.put(NO_DATABASE, new DatabaseShare());
        databases.forEach(name -> this.databases.put(name, new DatabaseShare()));
        this.guaranteedBytes = limitBytes / 2 / this.databases.size();
        this.sharedBytes = limitBytes - guaranteedBytes * this.databases.size();
    }

    /** A budget that is never exhausted, for servers without a limit and for tests. */
    public static MemoryBudget unlimited() {
        return new MemoryBudget(Long.MAX_VALUE / 2, List.of());
    }

    /** The memory of one database. */
    private static final class DatabaseShare {
        private final Map<String, KeyShare> keys = new HashMap<>();
        private long usedBytes;
        private long refusedByDatabase;
        private long refusedByKey;
        /** The most recently used key. */
        private @Nullable LastUse latest;

        private @Nullable LastUse previous;
    }

    /** The memory of one key; exists while the key has reservations. */
    private static final class KeyShare {
        private long usedBytes;
        private int reservations;
    }

    private record LastUse(String key, long atNanos) {}

    /**
     * Creates a reservation, which holds nothing initially.
     *
     * @param database a database of this budget, or {@link #NO_DATABASE}
     * @param key id of the API key that the memory is for, or {@link #SHARED}
     */
    public Reservation open(String database, String key) {
        return new Reservation(this, database, key);
    }

    /**
     * Grants bytes to a reservation.
     *
     * @param opens whether the reservation held nothing so far
     * @throws MemoryExhaustedException if the bytes do not fit; the reservation is then unchanged
     */
    synchronized void grant(Reservation reservation, long bytes, boolean opens) {
        DatabaseShare database = share(reservation.database());
        // Recorded even if the request is refused: the key needs memory, so other keys must leave some.
        use(database, reservation.key());
        KeyShare key = database.keys.get(reservation.key());
        long keyBytes = (key == null ? 0 : key.usedBytes) + bytes;
        long wanted = database.usedBytes + bytes;
        long sharedWanted = sharedUsedBytes - beyondGuarantee(database.usedBytes) + beyondGuarantee(wanted);
        boolean guaranteedOnly = reservation.database().equals(NO_DATABASE) && beyondGuarantee(wanted) > 0;
        if (sharedWanted > sharedBytes || guaranteedOnly) {
            database.refusedByDatabase++;
            throw new MemoryExhaustedException(Share.DATABASE);
        }
        if (!reservation.key().equals(SHARED)
                && keyBytes > (guaranteedBytes + sharedBytes) / 2
                && isAnotherInUse(database, reservation.key())) {
            database.refusedByKey++;
            throw new MemoryExhaustedException(Share.KEY);
        }
        if (key == null) {
            key = new KeyShare();
            database.keys.put(reservation.key(), key);
        }
        sharedUsedBytes = sharedWanted;
        database.usedBytes = wanted;
        key.usedBytes = keyBytes;
        if (opens) {
            key.reservations++;
        }
    }

    /**
     * Takes bytes back from a reservation.
     *
     * @param closes whether the reservation holds nothing afterwards
     */
    synchronized void giveBack(Reservation reservation, long bytes, boolean closes) {
        DatabaseShare database = share(reservation.database());
        KeyShare key = database.keys.get(reservation.key());
        if (key == null) {
            throw new IllegalStateException("the reservation is not open");
        }
        long left = database.usedBytes - bytes;
        sharedUsedBytes += beyondGuarantee(left) - beyondGuarantee(database.usedBytes);
        database.usedBytes = left;
        key.usedBytes -= bytes;
        if (closes && --key.reservations == 0) {
            database.keys.remove(reservation.key());
            use(database, reservation.key());
        }
    }

    /** Records what granted bytes are used for. */
    void count(MemoryUse use, long bytes) {
        usedBytes[use.index].add(bytes);
    }

    private long beyondGuarantee(long bytes) {
        return Math.max(0, bytes - guaranteedBytes);
    }

    private void use(DatabaseShare database, String key) {
        if (key.equals(SHARED)) {
            return;
        }
        LastUse latest = database.latest;
        if (latest != null && !latest.key().equals(key)) {
            database.previous = latest;
        }
        database.latest = new LastUse(key, nanoTime.getAsLong());
    }

    private boolean isAnotherInUse(DatabaseShare database, String key) {
        if (database.keys.size() > (database.keys.containsKey(SHARED) ? 2 : 1)) {
            return true;
        }
        LastUse latest = database.latest;
        LastUse another = latest != null && latest.key().equals(key) ? database.previous : latest;
        return another != null && nanoTime.getAsLong() - another.atNanos() < IN_USE_NANOS;
    }

    private DatabaseShare share(String name) {
        DatabaseShare share = databases.get(name);
        if (share == null) {
            throw new IllegalArgumentException("the budget has no database " + name);
        }
        return share;
    }

    /** The total size in bytes. */
    public long limitBytes() {
        return limitBytes;
    }

    /** The number of bytes guaranteed to each database. */
    public long guaranteedBytes() {
        return guaranteedBytes;
    }

    /** The number of bytes currently held for a use. */
    public long usedBytes(MemoryUse use) {
        return usedBytes[use.index].sum();
    }

    /** The number of bytes currently held for a database; each reservation is rounded up. */
    public synchronized long usedBytes(String database) {
        return share(database).usedBytes;
    }

    /** How often requests of a database were refused memory, by the share that was exhausted. */
    public synchronized long refusals(String database, Share share) {
        DatabaseShare of = share(database);
        return switch (share) {
            case DATABASE -> of.refusedByDatabase;
            case KEY -> of.refusedByKey;
        };
    }
}
