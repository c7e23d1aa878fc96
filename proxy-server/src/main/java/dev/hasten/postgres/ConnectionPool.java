package dev.hasten.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.postgres.PostgresSession.SessionOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one database. HikariCP makes, checks and retires them; this class adds what a proxy needs on top:
 * an own waiting time per request, a bounded queue, waits that end when the client goes away, and an immediate answer
 * when PostgreSQL cannot be reached.
 */
public final class ConnectionPool implements AutoCloseable {
    /** One round of waiting for HikariCP; it also bounds the pauses between its attempts to connect. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static final int MIN_IDLE = 2;
    private static final int VALIDATION_SECONDS = 2;
    private static final long FRESH_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private final PoolOptions options;
    private final HikariDataSource connections;
    private final Semaphore permits;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Requests that wait for a connection to be made; they are woken when that fails. */
    private final Set<Waiter> connecting = ConcurrentHashMap.newKeySet();

    private volatile @Nullable SQLException lastFailure;
    private volatile long lastFailureNanos;
    private final ReentrantLock probing = new ReentrantLock();
    private final SessionFactory factory;
    private final Cancellations cancellations;
    private final Watchdog watchdog;

    /**
     * Opens the pool without waiting for PostgreSQL: a database that is down is an answer, not an obstacle.
     *
     * @param watchdog ends waits and clean-ups that take too long
     */
    public ConnectionPool(PoolOptions options, Watchdog watchdog, Cancellations cancellations) {
        this.options = options;
        this.watchdog = watchdog;
        this.cancellations = cancellations;
        this.permits = new Semaphore(options.size(), true);
        HikariConfig config = new HikariConfig();
        config.setPoolName("hasten-" + options.name());
        this.factory = new SessionFactory(
                options.jdbcUrl(),
                options.properties(),
                new SessionOptions(
                        options.preparedStatements(), options.resultBytes(), watchdog, this::retireConnections),
                this::connectFailed,
                () -> lastFailure = null);
        config.setDataSource(factory);
        config.setMaximumPoolSize(options.size());
        config.setMinimumIdle(Math.min(MIN_IDLE, options.size()));
        config.setIdleTimeout(options.idleTimeout().toMillis());
        config.setMaxLifetime(options.maxLifetime().toMillis());
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        config.setValidationTimeout(CONNECT_TIMEOUT.toMillis() / 2);
        config.setInitializationFailTimeout(-1);
        this.connections = new HikariDataSource(config);
    }

    /** What meters and limits need to be told about; a seam between the pool and whoever counts. */
    @FunctionalInterface
    public interface Cancellations {
        /** A statement of the pool's database was cancelled. */
        void cancelled(Cancellation.Reason reason);
    }

    /**
     * Waits for a connection for at most the pool's own time.
     *
     * @throws DatabaseException as {@link #lease(Duration, Cancellation)}
     */
    public Lease lease(Cancellation cancellation) {
        return lease(options.timeout(), cancellation);
    }

    /**
     * Waits for a connection.
     *
     * @throws DatabaseException if none became free in time, too many requests wait already, or PostgreSQL cannot be
     *     reached
     * @throws CancelledException if the request must stop while it waits
     */
    public Lease lease(Duration timeout, Cancellation cancellation) {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (waiting.get() > 0 || !permits.tryAcquire()) {
            awaitPermit(timeout, cancellation);
        }
        boolean leased = false;
        try {
            Lease lease = connect(deadline, cancellation);
            leased = true;
            return lease;
        } finally {
            if (!leased) {
                permits.release();
            }
        }
    }

    private void awaitPermit(Duration timeout, Cancellation cancellation) {
        if (waiting.incrementAndGet() > options.queue()) {
            waiting.decrementAndGet();
            throw DatabaseException.whileConnecting(new DatabaseFailure.PoolQueueFull(options.queue()));
        }
        Waiter waiter = new Waiter();
        // Under load most requests wait here. A timed wait of a virtual thread wakes another thread at its beginning
        // and at
        // its end; the timer wheel does not.
        try (Watch _ = watchdog.after(timeout, waiter::wake)) {
            cancellation.interruptible(() -> {
                permits.acquire();
                return permits;
            });
        } catch (InterruptedException e) {
            throw poolTimeout();
        } finally {
            waiter.done();
            waiting.decrementAndGet();
        }
    }

    private Lease connect(long deadline, Cancellation cancellation) {
        while (true) {
            failFast();
            Waiter waiter = new Waiter();
            connecting.add(waiter);
            @Nullable Watch limit = wakeAt(deadline, waiter);
            Connection connection = null;
            boolean leased = false;
            try {
                connection = cancellation.interruptible(this::connection);
                waiter.done();
                if (connection != null) {
                    PostgresSession session = connection.unwrap(PostgresSession.class);
                    // There is input if the server closed it while it was idle. HikariCP validates only later.
                    if (!session.hasPendingInput() || connection.isValid(VALIDATION_SECONDS)) {
                        leased = true;
                        return new Lease(this, connection, session);
                    }
                }
            } catch (CancelledException e) {
                // Not a slow query: there is no connection that it could run on.
                throw e.reason() == Cancellation.Reason.TIMEOUT && total() == 0 ? connectError(lastFailure) : e;
            } catch (InterruptedException e) {
                throw isOver(deadline) ? timedOut() : connectError(lastFailure);
            } catch (SQLException e) {
                // The connection broke while it was checked.
            } finally {
                if (limit != null) {
                    limit.close();
                }
                connecting.remove(waiter);
                waiter.done();
                if (connection != null && !leased) {
                    connections.evictConnection(connection);
                }
            }
            if (isOver(deadline) || connections.isClosed()) {
                throw timedOut();
            }
        }
    }

    /**
     * Takes a connection from HikariCP, which reports an interrupt as an SQLException.
     *
     * @return null if HikariCP has none within its own time limit
     */
    private @Nullable Connection connection() throws InterruptedException {
        try {
            return connections.getConnection();
        } catch (SQLException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return null;
        }
    }

    private static boolean isOver(long deadline) {
        return System.nanoTime() - deadline >= 0;
    }

    private DatabaseException timedOut() {
        SQLException failure = lastFailure;
        return failure == null ? poolTimeout() : connectError(failure);
    }

    private DatabaseException poolTimeout() {
        return DatabaseException.whileConnecting(new DatabaseFailure.PoolTimeout(options.timeout(), options.size()));
    }

    /** Ends a wait that is shorter than the fixed connection timeout of HikariCP. */
    private @Nullable Watch wakeAt(long deadline, Waiter waiter) {
        long nanos = deadline - System.nanoTime();
        return nanos < CONNECT_TIMEOUT.toNanos()
                ? watchdog.after(Duration.ofNanos(Math.max(0, nanos)), waiter::wake)
                : null;
    }

    /** A thread that waits for a connection, or for one to be made; it can be woken only as long as it does. */
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private boolean over;

        synchronized void wake() {
            if (!over) {
                thread.interrupt();
            }
        }

        /** Called by the thread itself; what woke it too late must not interrupt what it does next. */
        synchronized void done() {
            over = true;
            Thread.interrupted();
        }
    }

    /**
     * When PostgreSQL was away the last time that somebody looked, and no connection exists, Hikari's next attempt may be
     * seconds off: this one looks now, or takes the word of whoever looked a moment ago.
     */
    private void failFast() {
        SQLException failure = lastFailure;
        if (failure == null || total() > 0) {
            return;
        }
        // Whoever comes while somebody looks takes the last word there is, instead of waiting in line.
        if (System.nanoTime() - lastFailureNanos < FRESH_FAILURE_NANOS || !probing.tryLock()) {
            throw connectError(failure);
        }
        try {
            factory.getConnection().close();
        } catch (SQLException e) {
            throw connectError(e);
        } finally {
            probing.unlock();
        }
    }

    private void connectFailed(SQLException failure) {
        SQLException before = lastFailure;
        lastFailureNanos = System.nanoTime();
        lastFailure = failure;
        // Hikari tries again and again; the same failure is worth one line.
        if (before == null || !String.valueOf(before.getMessage()).equals(failure.getMessage())) {
            LOG.warn("database {} cannot be connected to: {}", options.name(), failure.getMessage());
        }
        // Hikari goes on trying in the background. Who waits is told at once, unless connections exist that may come
        // back.
        HikariDataSource pool = connections;
        if (pool != null
                && pool.getHikariPoolMXBean() != null
                && pool.getHikariPoolMXBean().getTotalConnections() == 0) {
            connecting.forEach(Waiter::wake);
        }
    }

    private DatabaseException connectError(@Nullable SQLException failure) {
        return failure == null || DatabaseErrors.isOutage(failure)
                ? DatabaseErrors.unreachable(options.host(), options.port())
                : DatabaseErrors.whileConnecting(failure);
    }

    /**
     * Takes a connection back; whatever was left behind in it is undone first, so that nobody sees it once the request
     * that did it is answered.
     */
    void release(Connection connection, PostgresSession session) {
        if (session.isLost() || session.effect() == ParsedStatement.SessionEffect.DISCARD) {
            evict(connection);
        } else if (session.isIdle() && !needsReset(session)) {
            giveBack(connection);
        } else {
            clean(connection, session);
        }
    }

    private boolean needsReset(PostgresSession session) {
        return switch (options.reset()) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> session.effect() != ParsedStatement.SessionEffect.NONE;
        };
    }

    private void clean(Connection connection, PostgresSession session) {
        boolean clean = false;
        try {
            if (!session.isIdle()) {
                session.abandonTransaction();
            }
            if (needsReset(session)) {
                session.reset();
            }
            clean = !session.isLost();
        } catch (SQLException e) {
            // Not proved clean: the connection is replaced.
        } finally {
            if (clean) {
                giveBack(connection);
            } else {
                evict(connection);
            }
        }
    }

    private void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            connections.evictConnection(connection);
        } finally {
            permits.release();
        }
    }

    private void evict(Connection connection) {
        try {
            connections.evictConnection(connection);
        } finally {
            permits.release();
        }
    }

    /** Tells that a statement was cancelled. */
    void cancelled(Cancellation.Reason reason) {
        cancellations.cancelled(reason);
    }

    /**
     * Retires all connections, each as soon as it is idle; new ones are opened when needed. Also called when validation of an
     * idle connection fails: the others have probably failed for the same reason, and validating each of them would take
     * another second per connection.
     */
    public void retireConnections() {
        HikariPoolMXBean pool = connections.getHikariPoolMXBean();
        // There is none until the first connection is asked for.
        if (pool != null) {
            pool.softEvictConnections();
        }
    }

    /** The options that the pool was made with. */
    public PoolOptions options() {
        return options;
    }

    /** Connections that exist. */
    public int total() {
        return connections.getHikariPoolMXBean() == null
                ? 0
                : connections.getHikariPoolMXBean().getTotalConnections();
    }

    /** Connections that are leased. */
    public int active() {
        return options.size() - permits.availablePermits();
    }

    /** Requests that wait for a connection. */
    public int waiting() {
        return waiting.get();
    }

    @Override
    public void close() {
        connections.close();
    }
}
