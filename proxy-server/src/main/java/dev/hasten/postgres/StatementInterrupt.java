package dev.hasten.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.postgresql.jdbc.PgConnection;

/** Cancels the running statement of a connection until it ends, and cuts the connection if it does not. */
final class StatementInterrupt {
    /** How long a statement may take to end after it was cancelled; includes waiting for the server to take the request. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PgConnection connection;
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch statementEnded = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("hasten-cancel").unstarted(this::run);
    private volatile boolean serverIsSilent;

    private StatementInterrupt(PgConnection connection) {
        this.connection = connection;
    }

    /** Starts to cancel the statement that is running; does not block. */
    static StatementInterrupt start(PgConnection connection) {
        StatementInterrupt started = new StatementInterrupt(connection);
        started.thread.start();
        return started;
    }

    private void run() {
        try {
            long graceEnds = System.nanoTime() + GRACE_NANOS;
            // A request that arrives before the statement has started is ignored by PostgreSQL, hence the loop.
            for (long pause = 100; System.nanoTime() - graceEnds < 0; pause = Math.min(2 * pause, 1000)) {
                Thread request =
                        Thread.ofVirtual().name("hasten-cancel-request").start(this::request);
                if (!request.join(Duration.ofNanos(graceEnds - System.nanoTime()))) {
                    // If it never took a request, the whole server is silent, not just this connection.
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

    /** Sends one cancel request; the driver waits up to 10 seconds until the server has taken it. */
    private void request() {
        try {
            connection.cancelQuery();
        } catch (SQLException e) {
            // The connection has been closed, so the statement ends.
        }
    }

    /** Waits until the first request was taken, but no longer than the grace. */
    void awaitRequest() {
        try {
            boolean _ = requested.await(GRACE_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the connection was cut because the server did not take any cancel request. */
    boolean isServerSilent() {
        return serverIsSilent;
    }

    /** The statement has ended: stops cancelling, and waits until no request is under way. */
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
