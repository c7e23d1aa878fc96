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
 * The bytes that all requests of this process together may hold. Nobody waits for memory: what does not fit is refused at
 * once. Thread-safe.
 *
 * <p>One half of the budget is divided among the databases: each is guaranteed its part, whatever the others do. The other
 * half is for those that need more than their part; connections that have not sent a valid key get nothing of it. Within a
 * database, an API key may hold everything that the database may hold; while another key of the database is in use, half
 * of that.
 */
public final class MemoryBudget {
    /** The database name of what belongs to none: connections that have not sent a valid key. */
    public static final String NO_DATABASE = "";

    /**
     * The key for memory that all keys of a database share. It can use everything that the database can use, and does not count
     * as another key in use.
     */
    public static final String SHARED = "";

    /** A key that sent a request counts as in use for this long after the request. */
    private static final long IN_USE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final long limitBytes;
    private final long guaranteedBytes;
    private final long sharedBytes;
    private final LongSupplier nanoTime;
    private final Map<String, DatabaseShare> databases = new HashMap<>();
    private final LongAdder[] usedBytes =
            Stream.generate(LongAdder::new).limit(MemoryUse.COUNT).toArray(LongAdder[]::new);
    /** Bytes of the second half that are taken. */
    private long sharedUsedBytes;

    /**
     * A budget for the databases of a server.
     *
     * @param limitBytes all bytes, 1 or more
     * @param databases their names, all that memory will be asked for
     */
    public MemoryBudget(long limitBytes, Collection<String> databases) {
        this(limitBytes, databases, System::nanoTime);
    }

    /** @param nanoTime as {@link System#nanoTime} */
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

    /** A budget that nothing exhausts, for servers that have none, and for tests. */
    public static MemoryBudget unlimited() {
        return new MemoryBudget(Long.MAX_VALUE / 2, List.of());
    }

    /** What one database holds. */
    private static final class DatabaseShare {
        private final Map<String, KeyShare> keys = new HashMap<>();
        private long usedBytes;
        private long refusedByDatabase;
        private long refusedByKey;
        /** The key that was in use last, and the one before it. */
        private @Nullable LastUse latest;

        private @Nullable LastUse previous;
    }

    /** What one key holds; exists while it has reservations. */
    private static final class KeyShare {
        private long usedBytes;
        private int reservations;
    }

    private record LastUse(String key, long atNanos) {}

    /**
     * Opens a reservation, which holds nothing yet.
     *
     * @param database one of those that the budget was made for, or {@link #NO_DATABASE}
     * @param key id of the API key that the memory is for, or {@link #SHARED}
     */
    public Reservation open(String database, String key) {
        return new Reservation(this, database, key);
    }

    /**
     * Hands out bytes.
     *
     * @param opens whether the reservation held nothing before
     * @throws MemoryExhaustedException when the bytes do not fit; the reservation holds what it held before
     */
    synchronized void grant(Reservation reservation, long bytes, boolean opens) {
        DatabaseShare database = share(reservation.database());
        // A key that is refused wants memory, too: another one must leave it some.
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
     * Takes bytes back.
     *
     * @param closes whether the reservation holds nothing any more
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

    /** Notes what granted bytes are used for. */
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

    /** All bytes. */
    public long limitBytes() {
        return limitBytes;
    }

    /** Bytes that a database gets whatever the others hold. */
    public long guaranteedBytes() {
        return guaranteedBytes;
    }

    /** Bytes that are held for something now. */
    public long usedBytes(MemoryUse use) {
        return usedBytes[use.index].sum();
    }

    /** Bytes that are held for a database now, rounded up per reservation. */
    public synchronized long usedBytes(String database) {
        return share(database).usedBytes;
    }

    /** How often memory was refused to requests of a database. */
    public synchronized long refusals(String database, Share share) {
        DatabaseShare of = share(database);
        return switch (share) {
            case DATABASE -> of.refusedByDatabase;
            case KEY -> of.refusedByKey;
        };
    }
}
