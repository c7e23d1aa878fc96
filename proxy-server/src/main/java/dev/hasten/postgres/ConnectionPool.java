package dev.hasten.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.postgres.PostgresSession.SessionOptions;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one database. HikariCP opens, validates and retires them. This class adds what a proxy needs: a
 * wait limit per request, a bounded queue, waits that end when the client disconnects, and immediate errors while
 * PostgreSQL is unreachable.
 */
public final class ConnectionPool implements AutoCloseable {
    /** The longest single wait for HikariCP. It also limits the pauses between HikariCP's attempts to connect. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    private static final int VALIDATION_SECONDS = 2;
    private static final long FRESH_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private final PoolOptions options;
    private final HikariDataSource connections;
    private final Semaphore permits;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Object pausing = new Object();
    // The two fields below are guarded by pausing.
    private boolean paused;
    /** Permits that are kept back while the pool is paused. */
    private int withheld;

    /** Requests that wait for HikariCP. They are woken when an attempt to connect fails. */
    private final Set<Waiter> connecting = ConcurrentHashMap.newKeySet();

    private volatile @Nullable SQLException lastFailure;
    private volatile long lastFailureNanos;
    private final ReentrantLock probing = new ReentrantLock();
    private final SessionFactory factory;
    private final PoolObserver observer;
    private final Watchdog watchdog;

    /**
     * Opens the pool without waiting for PostgreSQL, so that the server can start while a database is down.
     *
     * @param watchdog ends waits and clean-ups that take too long
     * @param observer is notified of what happens
     */
    public ConnectionPool(PoolOptions options, Watchdog watchdog, PoolObserver observer) {
        this(options, watchdog, observer, null);
    }

    /**
     * A pool that reports which database it is connected to.
     *
     * @param onIdentity receives the identity of the database for each new connection, before the connection is used:
     *     the same text for all names of the same database, and another one for any other database; empty if it
     *     is not known
     */
    public ConnectionPool(
            PoolOptions options, Watchdog watchdog, PoolObserver observer, @Nullable Consumer<String> onIdentity) {
        this.options = options;
        this.watchdog = watchdog;
        this.observer = observer;
        this.permits = new Semaphore(options.size().connections(), true);
        HikariConfig config = new HikariConfig();
        config.setPoolName("hasten-" + options.name());
        this.factory = new SessionFactory(
                options.server().jdbcUrl(),
                options.server().properties(),
                new SessionOptions(
                        options.sessions().preparedStatements(),
                        options.sessions().resultBytes(),
                        watchdog,
                        this::retireConnections),
                this::connectFailed,
                nanos -> {
                    lastFailure = null;
                    observer.connected(nanos);
                },
                onIdentity);
        config.setDataSource(factory);
        config.setMaximumPoolSize(options.size().connections());
        config.setMinimumIdle(options.size().idle());
        config.setIdleTimeout(options.times().idle().toMillis());
        config.setMaxLifetime(options.times().lifetime().toMillis());
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        config.setValidationTimeout(CONNECT_TIMEOUT.toMillis() / 2);
        config.setInitializationFailTimeout(-1);
        this.connections = new HikariDataSource(config);
    }

    /**
     * Waits for a connection, for at most {@link PoolOptions.Times#maxWait}.
     *
     * @throws DatabaseException as for {@link #lease(Duration, Cancellation)}
     */
    public Lease lease(Cancellation cancellation) {
        return lease(options.times().maxWait(), cancellation);
    }

    /**
     * Waits for a connection.
     *
     * @throws DatabaseException if no connection becomes available in time, the queue is full, or PostgreSQL cannot
     *     be reached
     * @throws CancelledException if the request is cancelled while it waits, but not by its time limit
     */
    public Lease lease(Duration timeout, Cancellation cancellation) {
        Wait wait = new Wait(System.nanoTime(), timeout);
        if (waiting.get() > 0 || !permits.tryAcquire()) {
            awaitPermit(wait, cancellation);
        }
        boolean leased = false;
        try {
            Lease lease = connect(wait, cancellation);
            leased = true;
            return lease;
        } finally {
            if (!leased) {
                releasePermit();
            }
        }
    }

    private void awaitPermit(Wait wait, Cancellation cancellation) {
        if (waiting.incrementAndGet() > options.size().waiting()) {
            waiting.decrementAndGet();
            observer.timedOut();
            throw DatabaseException.whileConnecting(
                    new DatabaseFailure.PoolQueueFull(options.size().waiting()));
        }
        Waiter waiter = new Waiter();
        // Under load, most requests wait here. A timed wait of a virtual thread wakes another thread when it starts and
        // when it ends; the timer wheel does not.
        try (Watch _ = watchdog.after(wait.limit(), waiter::wake)) {
            cancellation.interruptible(() -> {
                permits.acquire();
                return permits;
            });
        } catch (CancelledException e) {
            throw e.reason() == Cancellation.Reason.TIMEOUT ? timedOut(wait) : e;
        } catch (InterruptedException e) {
            throw poolTimeout(wait);
        } finally {
            waiter.done();
            waiting.decrementAndGet();
        }
    }

    private Lease connect(Wait wait, Cancellation cancellation) {
        while (true) {
            failFast();
            Waiter waiter = new Waiter();
            connecting.add(waiter);
            @Nullable Watch limit = wakeAtEnd(wait, waiter);
            Connection connection = null;
            boolean leased = false;
            try {
                connection = cancellation.interruptible(this::connection).orElse(null);
                waiter.done();
                if (connection != null) {
                    PostgresSession session = connection.unwrap(PostgresSession.class);
                    // Pending input usually means that the server closed the connection while it was idle. HikariCP
                    // only validates connections that were idle for 500 ms or longer.
                    if (!session.hasPendingInput() || connection.isValid(VALIDATION_SECONDS)) {
                        leased = true;
                        return new Lease(this, connection, session);
                    }
                }
            } catch (CancelledException e) {
                // The query was not slow: there was no connection to run it on.
                if (e.reason() == Cancellation.Reason.TIMEOUT) {
                    throw total() == 0 ? connectError(lastFailure) : timedOut(wait);
                }
                throw e;
            } catch (InterruptedException e) {
                throw wait.isOver() ? timedOut(wait) : connectError(lastFailure);
            } catch (SQLException e) {
                // The connection broke during validation.
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
            if (wait.isOver() || connections.isClosed()) {
                throw timedOut(wait);
            }
        }
    }

    /**
     * Takes a connection from HikariCP, which reports an interrupt as an SQLException.
     *
     * @return empty if HikariCP has none within its own timeout
     */
    private Optional<Connection> connection() throws InterruptedException {
        try {
            return Optional.of(connections.getConnection());
        } catch (SQLException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Optional.empty();
        }
    }

    private DatabaseException timedOut(Wait wait) {
        SQLException failure = lastFailure;
        return failure == null ? poolTimeout(wait) : connectError(failure);
    }

    private DatabaseException poolTimeout(Wait wait) {
        observer.timedOut();
        return DatabaseException.whileConnecting(
                new DatabaseFailure.PoolTimeout(wait.elapsed(), options.size().connections()));
    }

    /**
     * Schedules the end of a wait that is shorter than HikariCP's fixed connection timeout; returns null for
     * longer waits.
     */
    private @Nullable Watch wakeAtEnd(Wait wait, Waiter waiter) {
        long nanos = wait.remainingNanos();
        return nanos < CONNECT_TIMEOUT.toNanos()
                ? watchdog.after(Duration.ofNanos(Math.max(0, nanos)), waiter::wake)
                : null;
    }

    /** The time that a request waits for a connection. The time limit of the request may end it before its own limit. */
    private record Wait(long startedNanos, Duration limit) {
        long remainingNanos() {
            return startedNanos + limit.toNanos() - System.nanoTime();
        }

        boolean isOver() {
            return remainingNanos() <= 0;
        }

        /** For error messages, so rounded to seconds. */
        Duration elapsed() {
            Duration elapsed = Duration.ofNanos(System.nanoTime() - startedNanos)
                    .plusMillis(500)
                    .truncatedTo(ChronoUnit.SECONDS);
            return elapsed.compareTo(limit) < 0 ? elapsed : limit;
        }
    }

    /** A thread that waits for a connection. It can be woken until {@link #done} is called. */
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private boolean over;

        synchronized void wake() {
            if (!over) {
                thread.interrupt();
            }
        }

        /**
         * Called by the waiting thread. Clears an interrupt that arrived too late, so that it does not affect what the
         * thread does next.
         */
        synchronized void done() {
            over = true;
            Thread.interrupted();
        }
    }

    /**
     * Reports an outage without waiting for HikariCP. If the last attempt to connect failed and there is no connection,
     * HikariCP may not try again for seconds. Therefore one request tries to connect by itself. Requests that arrive
     * during its attempt, or within {@link #FRESH_FAILURE_NANOS} of a failure, get the last error.
     */
    private void failFast() {
        SQLException failure = lastFailure;
        if (failure == null || total() > 0) {
            return;
        }
        // Do not wait for an attempt of another request; report the last error.
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
        // HikariCP keeps retrying. Log an error only if it differs from the previous one.
        if (before == null || !String.valueOf(before.getMessage()).equals(failure.getMessage())) {
            LOG.warn(
                    "cannot connect to database {} at {}:{}: {}{}",
                    options.name(),
                    options.server().host(),
                    options.server().port(),
                    failure.getCause() instanceof UnknownHostException ? "unknown host" : failure.getMessage(),
                    hint(failure));
        }
        // HikariCP keeps retrying in the background. Report the error to waiting requests now, unless there are
        // connections that may become available.
        HikariDataSource pool = connections;
        if (pool != null
                && pool.getHikariPoolMXBean() != null
                && pool.getHikariPoolMXBean().getTotalConnections() == 0) {
            connecting.forEach(Waiter::wake);
        }
    }

    /** PgBouncer refuses parameters that Hasten sends to PostgreSQL. */
    private static String hint(SQLException failure) {
        return String.valueOf(failure.getMessage()).contains("unsupported startup parameter")
                ? ". Behind PgBouncer, add pgbouncer=true to the database URL; see docs/operations.md"
                : "";
    }

    private DatabaseException connectError(@Nullable SQLException failure) {
        return failure == null || DatabaseErrors.isOutage(failure)
                ? DatabaseErrors.unreachable(
                        options.server().host(), options.server().port())
                : DatabaseErrors.whileConnecting(failure);
    }

    /** Called when a lease is closed. */
    void used(long nanos) {
        observer.used(nanos);
    }

    /**
     * Returns a connection to the pool. Session state that the request left behind is cleared first. This happens
     * before the client gets its response, so later requests never see that state.
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
        return switch (options.sessions().reset()) {
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
            // The session may still have state of the request, so the connection is replaced.
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
            releasePermit();
        }
    }

    private void evict(Connection connection) {
        try {
            connections.evictConnection(connection);
        } finally {
            releasePermit();
        }
    }

    /**
     * Lets requests wait for a connection until {@link #resume}, for example during a fail-over. They wait no longer than
     * usual, and no more of them. Requests and transactions that have a connection keep it.
     */
    public void pause() {
        synchronized (pausing) {
            paused = true;
            withheld += permits.drainPermits();
        }
    }

    /** Ends {@link #pause}. */
    public void resume() {
        synchronized (pausing) {
            paused = false;
            permits.release(withheld);
            withheld = 0;
        }
    }

    /** Whether the pool is paused. */
    public boolean isPaused() {
        synchronized (pausing) {
            return paused;
        }
    }

    private void releasePermit() {
        synchronized (pausing) {
            if (paused) {
                withheld++;
            } else {
                permits.release();
            }
        }
    }

    /** Reports a cancelled statement. */
    void cancelled(Cancellation.Reason reason) {
        observer.cancelled(reason);
    }

    /**
     * Retires all connections, each as soon as it is idle. New ones are opened when needed. Also called when validation
     * of an idle connection fails: the others have probably failed for the same reason, and validating each of them
     * would take another second per connection.
     */
    public void retireConnections() {
        HikariPoolMXBean pool = connections.getHikariPoolMXBean();
        // HikariCP has no MXBean until the first connection is requested.
        if (pool != null) {
            pool.softEvictConnections();
        }
    }

    /** The options of the pool. */
    public PoolOptions options() {
        return options;
    }

    /** The number of open connections. */
    public int total() {
        return connections.getHikariPoolMXBean() == null
                ? 0
                : connections.getHikariPoolMXBean().getTotalConnections();
    }

    /** Why the last attempt to connect has failed; null if it was successful. For operators. */
    public @Nullable String lastError() {
        SQLException failure = lastFailure;
        return failure == null ? null : String.valueOf(failure.getMessage());
    }

    /** Whether the last attempt to connect has failed. */
    public boolean hasFailed() {
        return lastFailure != null;
    }

    /** The number of leased connections, including leases that still wait for HikariCP. */
    public int active() {
        synchronized (pausing) {
            return options.size().connections() - permits.availablePermits() - withheld;
        }
    }

    /** The number of requests in the queue for a connection. */
    public int waiting() {
        return waiting.get();
    }

    @Override
    public void close() {
        connections.close();
    }
}
