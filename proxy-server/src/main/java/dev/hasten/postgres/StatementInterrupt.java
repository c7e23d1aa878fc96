package dev.hasten.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.postgresql.jdbc.PgConnection;

/**
 * Sends cancel requests for the running statement of a connection until it ends, and closes the connection if it does
 * not end in time.
 */
final class StatementInterrupt {
    /**
     * How long a statement may take to end after it was cancelled, including the time until the server has taken
     * the request.
     */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PgConnection connection;
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch statementEnded = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("hasten-cancel").unstarted(this::run);
    private volatile boolean serverIsSilent;

    private StatementInterrupt(PgConnection connection) {
        this.connection = connection;
    }

    /** Starts cancelling the running statement. Does not block. */
    static StatementInterrupt start(PgConnection connection) {
        StatementInterrupt started = new StatementInterrupt(connection);
        started.thread.start();
        return started;
    }

    private void run() {
        try {
            long graceEnds = System.nanoTime() + GRACE_NANOS;
            // PostgreSQL ignores a request that arrives before the statement has started, so requests are repeated.
            for (long pause = 100; System.nanoTime() - graceEnds < 0; pause = Math.min(2 * pause, 1000)) {
                Thread request =
                        Thread.ofVirtual().name("hasten-cancel-request").start(this::request);
                if (!request.join(Duration.ofNanos(graceEnds - System.nanoTime()))) {
                    // If the server has not taken any request, the whole server is unresponsive, not just
                    // this connection.
                    serverIsSilent = requested.getCount() > 0;
                    break;
                }
                requested.countDown();
                if (statementEnded.await(pause, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            connection.abort(Runnable::run);
        } catch (SQLException | InterruptedException e) {
            connection.getQueryExecutor().abort();
        } finally {
            requested.countDown();
        }
    }

    /** Sends one cancel request. The driver waits up to 10 seconds until the server has taken it. */
    private void request() {
        try {
            connection.cancelQuery();
        } catch (SQLException e) {
            // The connection has been closed, so the statement ends.
        }
    }

    /** Waits until the server has taken the first request, but no longer than the grace period. */
    void awaitRequest() {
        try {
            boolean _ = requested.await(GRACE_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the connection was closed because the server did not take any cancel request. */
    boolean isServerSilent() {
        return serverIsSilent;
    }

    /** Called when the statement has ended. Stops cancelling, and waits until no request is in progress. */
    void end() {
        statementEnded.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
