package dev.hasten.stream;

import dev.hasten.cache.Confirmation;
import dev.hasten.cache.RelationGenerations;
import dev.hasten.postgres.ChangeFeed;
import dev.hasten.postgres.ChangeFeedException;
import dev.hasten.postgres.LogSnapshot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the write-ahead log of a database and outdates cached data when any program commits a change. While it cannot
 * guarantee that every change is known that was acknowledged more than {@link Options#bound} ago, the cache is
 * not used.
 *
 * <p>A probe asks the server for its position in the log and for a snapshot. When the stream has reached that position,
 * all changes that were acknowledged before the probe are known, and the snapshot shows which of them are visible.
 */
public final class ChangeStream implements Confirmation, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeStream.class);

    /** The server answers a request for its position at once; more requests would only cost time. */
    private static final long REQUEST_PAUSE = Duration.ofMillis(5).toNanos();

    /** How soon commits become known as visible while no request uses the cache. */
    private static final long IDLE_PAUSE = Duration.ofMillis(50).toNanos();

    /** After this time, the position of a probe may be one that the server has not written to disk yet. */
    private static final long FLUSH_PAUSE = Duration.ofMillis(20).toNanos();

    /** How long the stream is followed closely after a request has used the cache. */
    private static final long IN_USE = Duration.ofSeconds(1).toNanos();

    /** How long a request waits for the first probe after a pause; a few milliseconds, unless the log must be flushed. */
    private static final long LONGEST_WAIT = Duration.ofMillis(80).toNanos();

    private static final long WAIT_PAUSE = Duration.ofSeconds(1).toNanos();

    /** After this time without progress during a probe, the connection is considered dead. */
    private static final long LONGEST_SILENCE = Duration.ofSeconds(60).toNanos();

    private static final long CHECK_PAUSE = Duration.ofSeconds(5).toNanos();
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LONG_RETRY = Duration.ofSeconds(15);
    private static final int MOST_MESSAGES = 1000;

    /**
     * A message that takes longer to read was not in the buffer: PostgreSQL sends the rows of a transaction one by one. Then
     * it is cheaper to pause and read many of them than to wait for each.
     */
    private static final long BUFFERED = Duration.ofNanos(20_000).toNanos();

    private final Options options;
    private final Listener listener;
    private final CommitLog commits;
    private final Thread thread;

    private volatile boolean closed;
    private volatile @Nullable ChangeFeed feed;
    private volatile State state = new State(Phase.STARTING, "connecting");
    private volatile long confirmedNanos;
    private volatile boolean confirmed;
    private volatile long usedNanos = System.nanoTime() - IN_USE;
    private volatile long waitAgainNanos = System.nanoTime();
    private volatile long lagBytes;
    private volatile int pending;
    private @Nullable String lastIdentity;
    /** Of the schema, when the stream was followed last. */
    private @Nullable String lastFingerprint;

    /** Whether the last slot was dropped because of {@code max_lag_bytes}. */
    private boolean lagged;

    private String lastProblem = "";

    /**
     * What the stream needs to know.
     *
     * @param database its name, for logs
     * @param jdbcUrl and properties of a role that may replicate
     * @param bound how old the newest known change may be, more than 0
     * @param maxLagBytes how much log PostgreSQL may have to keep for the stream, more than 0
     * @param maxPendingCommits how many commits may be delivered and not known to be visible, more than 0
     */
    public record Options(
            String database,
            String jdbcUrl,
            Properties properties,
            Duration bound,
            long maxLagBytes,
            int maxPendingCommits) {}

    /** Learns what the stream finds besides changes of data. Called by the thread of the stream. */
    public interface Listener {
        /** The schema has changed. */
        void schemaChanged();

        /**
         * Whether the connections of the pool belong to this database, too, on the primary.
         *
         * @param identity see {@link ChangeFeed#databaseIdentity}
         */
        boolean isSameDatabase(String identity);

        /** The stream is connected to another server, or to the same one after a failover. */
        void otherServer();
    }

    /** Whether the stream can be used. */
    public enum Phase {
        /** It connects, or waits for open write transactions. */
        STARTING,
        /** Changes arrive. */
        FOLLOWING,
        /** It failed and will try again. */
        FAILED
    }

    /**
     * The state for operators.
     *
     * @param detail what it waits for, or what must be done
     */
    public record State(Phase phase, String detail) {}

    private ChangeStream(Options options, RelationGenerations relations, Listener listener) {
        this.options = options;
        this.listener = listener;
        this.commits = new CommitLog(relations, options.maxPendingCommits());
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("hasten-stream-" + options.database())
                .unstarted(this::run);
    }

    /** Starts to follow a database, in the background. */
    public static ChangeStream start(Options options, RelationGenerations relations, Listener listener) {
        ChangeStream stream = new ChangeStream(options, relations, listener);
        stream.thread.start();
        return stream;
    }

    @Override
    public boolean isConfirmed() {
        long now = System.nanoTime();
        if (now - usedNanos > IN_USE / 10) {
            usedNanos = now;
        }
        boolean current = confirmed && now - confirmedNanos <= options.bound().toNanos();
        if (!current) {
            LockSupport.unpark(thread);
        }
        return current;
    }

    @Override
    public boolean awaitConfirmed() {
        long now = System.nanoTime();
        if (state.phase() != Phase.FOLLOWING || now - waitAgainNanos < 0) {
            return isConfirmed();
        }
        while (System.nanoTime() - now < LONGEST_WAIT) {
            if (isConfirmed()) {
                return true;
            }
            LockSupport.parkNanos(500_000);
        }
        // The stream is behind; it would be useless to let every request wait.
        waitAgainNanos = System.nanoTime() + WAIT_PAUSE;
        return isConfirmed();
    }

    /** The state of the stream. */
    public State state() {
        return state;
    }

    /** Bytes of log that PostgreSQL keeps for the stream; measured every few seconds. */
    public long lagBytes() {
        return lagBytes;
    }

    /** Milliseconds since the last moment of which all changes are known; -1 if there is none. */
    public long confirmedAgeMillis() {
        return confirmed ? Duration.ofNanos(System.nanoTime() - confirmedNanos).toMillis() : -1;
    }

    /** The number of commits that outdated data since the server started. */
    public long commits() {
        return commits.count();
    }

    /** The number of commits that have arrived and are not known to be visible. */
    public int pending() {
        return pending;
    }

    private void run() {
        while (!closed) {
            try (ChangeFeed opened = ChangeFeed.connect(options.jdbcUrl(), options.properties())) {
                feed = opened;
                if (!closed) {
                    begin(opened);
                    new Following(opened).follow();
                }
            } catch (ChangeFeedException e) {
                failed(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                LOG.warn("the change stream of database {} failed", options.database(), e);
                failed("internal error");
            } finally {
                confirmed = false;
                feed = null;
                commits.restart();
                pending = 0;
            }
            pause();
        }
    }

    private void begin(ChangeFeed opened) throws ChangeFeedException {
        String writer = opened.oldestWriter();
        if (writer != null && lagged) {
            // A new slot would keep as much log as the last one, until the transaction ends.
            throw new ChangeFeedException("too much log was kept; waiting for " + writer + " to end");
        }
        lagged = false;
        state = new State(
                Phase.STARTING, writer == null ? "creating the replication slot" : "waiting for " + writer + " to end");
        opened.start(options.jdbcUrl(), options.properties());
        String identity = opened.identity();
        if (lastIdentity != null && !lastIdentity.equals(identity)) {
            listener.otherServer();
        }
        lastIdentity = identity;
        // What was cached before the slot existed may have changed unseen.
        commits.restart();
    }

    private void failed(String problem) {
        if (closed) {
            return;
        }
        state = new State(Phase.FAILED, problem);
        if (!problem.equals(lastProblem)) {
            lastProblem = problem;
            LOG.warn(
                    "cannot follow the changes of database {}, so its cache is not used: {}",
                    options.database(),
                    problem);
        }
    }

    private void pause() {
        long end = System.nanoTime() + (lastProblem.isEmpty() ? RETRY : retry()).toNanos();
        while (!closed && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(Math.max(1, end - System.nanoTime()));
        }
    }

    /** A setting or right that is missing will not appear within a second. */
    private Duration retry() {
        return lastProblem.contains("ALTER ") ? LONG_RETRY : RETRY;
    }

    @Override
    public void close() {
        closed = true;
        ChangeFeed open = feed;
        if (open != null) {
            open.abort();
        }
        LockSupport.unpark(thread);
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work on one connection. */
    private final class Following {
        private final ChangeFeed opened;
        private final TransactionDecoder decoder;
        private final SchemaCheck schema;
        private final String database;
        /** The probe whose position has not been reached yet; null if there is none. */
        private @Nullable LogSnapshot probe;

        private long probeStarted;
        private long requested;
        /** When the visible commits were last forgotten. */
        private long settled = System.nanoTime();

        private long flushed;
        /** The last position that was received, and when. */
        private long reached;

        private long progressed = System.nanoTime();
        private long probed = System.nanoTime() - options.bound().toNanos();
        /** When the schema was checked last, not counting suspicions. */
        private long checked = System.nanoTime();
        /** When the received position was last confirmed and the lag measured. */
        private long confirmedLag = System.nanoTime();
        /** The position at which the lag was measured; it does not grow while nothing arrives. */
        private long measured = -1;

        Following(ChangeFeed opened) throws ChangeFeedException {
            this.opened = opened;
            this.decoder = new TransactionDecoder(commits, opened);
            this.schema = new SchemaCheck(opened, lastFingerprint, options.bound(), listener::schemaChanged);
            this.database = opened.databaseIdentity();
        }

        void follow() throws ChangeFeedException {
            requireSameDatabase();
            state = new State(Phase.FOLLOWING, "");
            LOG.info("following the changes of database {}", options.database());
            lastProblem = "";
            while (!closed) {
                int received = receive();
                pending = commits.pending();
                long now = System.nanoTime();
                if (commits.isFull() && now - settled > REQUEST_PAUSE) {
                    // A probe would first have to reach its position, while more and more commits arrive.
                    settle(snapshot());
                }
                boolean inUse = now - usedNanos < IN_USE;
                if (inUse && now - checked > CHECK_PAUSE) {
                    checked = now;
                    // A transaction can change both the schema and data; it does not look empty.
                    checkNames();
                    schema.suspect();
                }
                schema.check(now);
                lastFingerprint = schema.fingerprint();
                advanceProbe(now, inUse);
                measureLag(now);
                if (received < MOST_MESSAGES) {
                    LockSupport.parkNanos(probe != null ? 200_000 : inUse || received > 0 ? 3_000_000 : 100_000_000);
                }
            }
        }

        /** The pool can connect to another server at any time. */
        private void requireSameDatabase() throws ChangeFeedException {
            if (!listener.isSameDatabase(database)) {
                throw new ChangeFeedException("cache.stream.url and url are not the same database on the same primary");
            }
        }

        /** Returns how many messages have arrived; if it is the maximum, there may be more. */
        private int receive() throws ChangeFeedException {
            int count = 0;
            while (count < MOST_MESSAGES) {
                long started = System.nanoTime();
                ByteBuffer message = opened.poll();
                if (message == null) {
                    return count;
                }
                count++;
                boolean waited = System.nanoTime() - started > BUFFERED;
                decoder.message(DecodedMessage.of(message));
                if (waited) {
                    return count;
                }
            }
            return count;
        }

        private void advanceProbe(long now, boolean inUse) throws ChangeFeedException {
            LogSnapshot current = probe;
            if (current == null) {
                if (now - probed <= pauseBeforeProbe(inUse)) {
                    return;
                }
                probeStarted = System.nanoTime();
                current = snapshot();
                probe = current;
                probed = probeStarted;
                requested = probeStarted - REQUEST_PAUSE;
                flushed = probeStarted;
            }
            if (opened.received() >= current.position()) {
                requireSameDatabase();
                settle(current);
                probe = null;
                schema.check(now);
                if (!schema.isSuspected()) {
                    confirmedNanos = probeStarted;
                    confirmed = true;
                }
                return;
            }
            if (opened.received() != reached) {
                reached = opened.received();
                progressed = now;
            } else if (now - Math.max(progressed, probeStarted) > LONGEST_SILENCE) {
                throw new ChangeFeedException("PostgreSQL does not respond");
            }
            if (now - flushed >= FLUSH_PAUSE) {
                flushed = now;
                opened.flush();
            }
            if (now - requested >= REQUEST_PAUSE) {
                requested = now;
                opened.requestPosition();
            }
        }

        private LogSnapshot snapshot() throws ChangeFeedException {
            LogSnapshot current = opened.snapshot();
            if (current.inRecovery()) {
                throw new ChangeFeedException("the server is a standby; set cache.stream.url to the primary");
            }
            return current;
        }

        /** Forgets the commits that are visible by now. */
        private void settle(LogSnapshot current) throws ChangeFeedException {
            settled = System.nanoTime();
            commits.visible(current);
            if (decoder.visible(current)) {
                checkNames();
                schema.suspect();
            }
            pending = commits.pending();
        }

        /**
         * Also without requests, the commits that have arrived must become known as visible: their tables cannot be stored, under
         * any name of the database, and they take memory. A database without commits can sleep.
         */
        private long pauseBeforeProbe(boolean inUse) {
            boolean unsettled = commits.pending() > 0 || decoder.awaitsSchemaChange();
            long usual = inUse ? options.bound().toNanos() / 4 : Long.MAX_VALUE;
            return unsettled ? Math.min(usual, inUse ? REQUEST_PAUSE : IDLE_PAUSE) : usual;
        }

        /** If names refer to other tables now, changes may have been attributed to the wrong ones. */
        private void checkNames() throws ChangeFeedException {
            if (decoder.checkNames()) {
                listener.schemaChanged();
            }
        }

        /** Asks the database nothing while nothing arrives, so that it can sleep. */
        private void measureLag(long now) throws ChangeFeedException {
            if (now - confirmedLag < CHECK_PAUSE) {
                return;
            }
            confirmedLag = now;
            opened.confirm();
            if (opened.received() == measured) {
                return;
            }
            measured = opened.received();
            lagBytes = opened.lagBytes();
            if (lagBytes > options.maxLagBytes()) {
                lagged = true;
                throw new ChangeFeedException(
                        "PostgreSQL keeps %d bytes of its log for the stream, more than cache.stream.max_lag_bytes; the slot was dropped. Is a write transaction open for a long time?"
                                .formatted(lagBytes));
            }
        }
    }
}
