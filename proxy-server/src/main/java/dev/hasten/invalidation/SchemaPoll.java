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
    private static final ParsedStatement SNAPSHOT = ParsedStatement.of(SchemaFingerprint.SNAPSHOT);
    private static final ParsedStatement FINGERPRINT = ParsedStatement.of(SchemaFingerprint.QUERY);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** A poll takes at most one part of this many of the time. */
    private static final int SHARE = 100;

    private final ConnectionPool pool;
    private final CacheStatistics statistics;
    private final Watchdog watchdog;
    private final Duration interval;
    private final Runnable onChange;
    // Written by one poll at a time.
    private volatile long lastUses;
    private volatile @Nullable String lastFingerprint;
    private @Nullable String lastSnapshot;

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
    public static SchemaPoll start(
            ConnectionPool pool, CacheStatistics statistics, Watchdog watchdog, Duration interval, Runnable onChange) {
        SchemaPoll poll = new SchemaPoll(pool, statistics, watchdog, interval, onChange);
        poll.pollAfter(interval);
        return poll;
    }

    /**
     * Takes the first fingerprint, before anything is proved or stored that a change of the schema could affect.
     *
     * @param lease must not have an open transaction
     */
    public void begin(Lease lease, Cancellation cancellation) {
        if (lastFingerprint != null) {
            return;
        }
        try {
            String fingerprint = value(lease, FINGERPRINT, cancellation);
            synchronized (this) {
                lastFingerprint = lastFingerprint == null ? fingerprint : lastFingerprint;
            }
        } catch (DatabaseException e) {
            // The request must not fail because of it, and reports a broken connection itself.
            LOG.debug(
                    "cannot read the fingerprint of the schema of {}",
                    pool.options().name(),
                    e);
        }
    }

    private void pollAfter(Duration delay) {
        Watch _ = watchdog.after(delay, this::pollIfUsed);
    }

    /** Runs on the thread of the timer. Most databases of a large server are not used most of the time. */
    private void pollIfUsed() {
        if (uses() != lastUses) {
            Thread.ofVirtual().name("hasten-schema-poll").start(this::run);
        } else {
            pollAfter(interval);
        }
    }

    private void run() {
        Duration took = Duration.ZERO;
        try {
            long uses = uses();
            took = poll();
            lastUses = uses;
        } catch (DatabaseException | CancelledException e) {
            LOG.debug(
                    "cannot read the fingerprint of the schema of {}",
                    pool.options().name(),
                    e);
        } finally {
            pollAfter(pause(took));
        }
    }

    private Duration pause(Duration took) {
        Duration share = took.multipliedBy(SHARE);
        Duration longest = interval.compareTo(LONGEST) > 0 ? interval : LONGEST;
        return share.compareTo(interval) < 0 ? interval : share.compareTo(longest) < 0 ? share : longest;
    }

    private long uses() {
        return statistics.of(Event.HIT) + statistics.of(Event.STALE_HIT) + statistics.of(Event.MISS);
    }

    /** Returns how long PostgreSQL took. */
    private Duration poll() {
        Cancellation cancellation = new Cancellation();
        try (Watch _ = watchdog.watch(cancellation, PATIENCE);
                Lease lease = pool.lease(cancellation)) {
            long started = System.nanoTime();
            String snapshot = value(lease, SNAPSHOT, cancellation);
            if (snapshot.equals(lastSnapshot)) {
                return Duration.ZERO;
            }
            String fingerprint = value(lease, FINGERPRINT, cancellation);
            lastSnapshot = snapshot;
            if (isAnother(fingerprint)) {
                LOG.info("the schema of database {} has changed", pool.options().name());
                onChange.run();
            }
            return Duration.ofNanos(System.nanoTime() - started);
        }
    }

    private synchronized boolean isAnother(String fingerprint) {
        boolean another = lastFingerprint != null && !fingerprint.equals(lastFingerprint);
        lastFingerprint = fingerprint;
        return another;
    }

    private static String value(Lease lease, ParsedStatement sql, Cancellation cancellation) {
        return String.valueOf(lease.run(sql, List.of(), StatementPolicy.TRUSTED, cancellation)
                .rows()
                .text(0, 0));
    }
}
