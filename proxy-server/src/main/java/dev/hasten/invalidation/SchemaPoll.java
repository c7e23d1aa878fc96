package dev.hasten.invalidation;

import dev.hasten.cache.CacheStatistics;
import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.SchemaFingerprint;
import dev.hasten.postgres.StatementPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices changes of a database's schema by comparing a fingerprint of its catalogs from time to time, so that a
 * migration that nobody has reported does not leave outdated responses in the cache. Asks only while the cache is used
 * and transactions begin, so that an idle database can sleep.
 */
public final class SchemaPoll {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaPoll.class);
    private static final ParsedStatement NEWEST = ParsedStatement.of(SchemaFingerprint.NEWEST_TRANSACTION);
    private static final ParsedStatement FINGERPRINT = ParsedStatement.of(SchemaFingerprint.QUERY);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A poll takes at most one part of this many of the time. */
    private static final int SHARE = 100;

    private final ConnectionPool pool;
    private final CacheStatistics statistics;
    private final Watchdog watchdog;
    private final Duration interval;
    private final Runnable onChange;
    // Used by one poll at a time.
    private long lastUses;
    private @Nullable String lastTransaction;
    private @Nullable String lastFingerprint;

    private SchemaPoll(
            ConnectionPool pool, CacheStatistics statistics, Watchdog watchdog, Duration interval, Runnable onChange) {
        this.pool = pool;
        this.statistics = statistics;
        this.watchdog = watchdog;
        this.interval = interval;
        this.onChange = onChange;
    }

    /**
     * Polls until the watchdog is closed.
     *
     * @param interval the shortest time between two polls, more than 0
     * @param onChange called when the schema has changed
     */
    public static void start(
            ConnectionPool pool, CacheStatistics statistics, Watchdog watchdog, Duration interval, Runnable onChange) {
        new SchemaPoll(pool, statistics, watchdog, interval, onChange).pollAfter(interval);
    }

    private void pollAfter(Duration delay) {
        Watch _ = watchdog.after(
                delay, () -> Thread.ofVirtual().name("hasten-schema-poll").start(this::run));
    }

    private void run() {
        long started = System.nanoTime();
        try {
            long uses = uses();
            if (uses != lastUses) {
                poll();
                lastUses = uses;
            }
        } catch (DatabaseException | CancelledException e) {
            LOG.debug(
                    "cannot read the fingerprint of the schema of {}",
                    pool.options().name(),
                    e);
        } finally {
            Duration share = Duration.ofNanos(SHARE * (System.nanoTime() - started));
            pollAfter(share.compareTo(interval) > 0 ? share : interval);
        }
    }

    private long uses() {
        return statistics.of(Event.HIT) + statistics.of(Event.STALE_HIT) + statistics.of(Event.MISS);
    }

    private void poll() {
        Cancellation cancellation = new Cancellation();
        try (Watch _ = watchdog.watch(cancellation, PATIENCE);
                Lease lease = pool.lease(cancellation)) {
            String newest = value(lease, NEWEST, cancellation);
            if (newest.equals(lastTransaction)) {
                return;
            }
            String fingerprint = value(lease, FINGERPRINT, cancellation);
            lastTransaction = newest;
            if (lastFingerprint != null && !fingerprint.equals(lastFingerprint)) {
                LOG.info("the schema of database {} has changed", pool.options().name());
                onChange.run();
            }
            lastFingerprint = fingerprint;
        }
    }

    private static String value(Lease lease, ParsedStatement sql, Cancellation cancellation) {
        return String.valueOf(lease.run(sql, List.of(), StatementPolicy.TRUSTED, cancellation)
                .rows()
                .text(0, 0));
    }
}
