package dev.hasten.server;

import dev.hasten.admission.Database;
import dev.hasten.config.ServerConfig;
import dev.hasten.http.HttpServer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Lets clients finish before the server stops. While the server accepts requests, each connection is closed after its next response,
 * so that load balancers and clients use other servers:
 *
 * <ol>
 *   <li>For {@code drain_delay}, requests are accepted, because load balancers have not noticed yet.
 *   <li>No transactions can start, and other requests are accepted until the open ones have ended, for at most half of {@code
 *       drain_timeout}.
 *   <li>The port is closed, and running requests finish, within the rest of {@code drain_timeout}.
 * </ol>
 */
final class Drain {
    /** How often open transactions are looked for. */
    private static final Duration TRANSACTION_POLL = Duration.ofMillis(20);

    /** How long idle connections stay open after the port is closed, if there is a delay. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final HttpServer http;
    private final List<Database> databases;
    private final ServerConfig config;

    Drain(HttpServer http, Collection<Database> databases, ServerConfig config) {
        this.http = http;
        this.databases = List.copyOf(databases);
        this.config = config;
    }

    /** Runs the steps. If the thread is interrupted, whose interrupt status is kept, the next step follows at once. */
    void run() {
        http.closeConnectionsAfterResponses(true);
        Duration delay = config.drainDelay();
        sleep(delay);
        long timeout = config.drainTimeout().toNanos();
        long end = System.nanoTime() + timeout;
        awaitTransactions(end - timeout / 2);
        http.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())), delay.compareTo(GRACE) < 0 ? delay : GRACE);
    }

    /** A new transaction would be cut off when the port is closed; refused at its start, the app can repeat it. */
    private void awaitTransactions(long end) {
        databases.forEach(database -> database.transactions().refuseNew());
        while (hasOpenTransactions()
                && System.nanoTime() < end
                && !Thread.currentThread().isInterrupted()) {
            sleep(TRANSACTION_POLL);
        }
    }

    private boolean hasOpenTransactions() {
        return databases.stream().anyMatch(database -> database.transactions().openCount() > 0);
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
