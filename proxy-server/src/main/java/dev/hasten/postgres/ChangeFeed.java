package dev.hasten.postgres;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The changes of a database, decoded by {@code test_decoding} from a temporary replication slot, and a second connection
 * to ask the same server about them. Creates nothing in the database. Used by one thread, except for {@link #abort}.
 */
public final class ChangeFeed implements AutoCloseable {
    private static final int STATUS_SECONDS = 5;
    private static final int ABORT_MILLIS = 2000;
    private static final int CONTROL_MILLIS = 10_000;

    private static final String SNAPSHOT = "SELECT pg_catalog.pg_wal_lsn_diff(CASE WHEN pg_catalog.pg_is_in_recovery()"
            + " THEN '0/0' ELSE pg_catalog.pg_current_wal_insert_lsn() END, '0/0')::bigint,"
            + " pg_catalog.pg_current_snapshot()::text, pg_catalog.pg_is_in_recovery()";

    private static final String IDENTITY = "SELECT s.system_identifier || '/' || c.timeline_id"
            + " FROM pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c";

    private static final String DATABASE =
            "SELECT s.system_identifier || '/' || d.oid FROM pg_catalog.pg_control_system() s,"
                    + " pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()";

    private static final String NAMES =
            "SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),"
                    + " c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'";

    private static final String NAMES_FINGERPRINT = "SELECT count(*) || '/' || coalesce(sum("
            + "pg_catalog.hashtextextended(n.nspname || '.' || c.relname, c.oid::bigint)), 0)"
            + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p'";

    private static final String LAG = "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn)"
            + "::bigint FROM pg_catalog.pg_replication_slots WHERE slot_name = ?";

    /** Does not wait for standbys. */
    private static final String LOCAL_COMMIT = "SET synchronous_commit = local";

    private static final String FLUSH = "SELECT pg_catalog.pg_logical_emit_message(true, 'hasten_flush', '')";

    private static final String OLDEST_WRITER = "SELECT what FROM (SELECT 'the write transaction of process ' || pid,"
            + " xact_start FROM pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL"
            + " UNION ALL SELECT 'the prepared transaction ' || gid, prepared FROM pg_catalog.pg_prepared_xacts)"
            + " AS writers (what, started) ORDER BY started LIMIT 1";

    private final Connection control;
    private final String role;
    private final String slot = "hasten_" + UUID.randomUUID().toString().replace("-", "");
    private volatile @Nullable Connection replication;
    private volatile @Nullable PGReplicationStream stream;
    private long received;
    private long messagePosition;
    private volatile boolean aborted;

    private ChangeFeed(Connection control, String role) {
        this.control = control;
        this.role = role;
    }

    /**
     * Connects to the server.
     *
     * @param jdbcUrl host and database
     * @param properties of the driver, with the credentials of a role that has the attribute REPLICATION
     */
    public static ChangeFeed connect(String jdbcUrl, Properties properties) throws ChangeFeedException {
        String role = properties.getProperty(PGProperty.USER.getName(), "");
        try {
            Connection control = DriverManager.getConnection(jdbcUrl, properties);
            try (Statement statement = control.createStatement()) {
                statement.execute(LOCAL_COMMIT);
            }
            // A server that does not respond must not keep the stream from restarting.
            control.setNetworkTimeout(Runnable::run, CONTROL_MILLIS);
            return new ChangeFeed(control, role);
        } catch (SQLException e) {
            throw explained(e, role);
        }
    }

    /** The oldest open write transaction, which {@link #start} waits for; null if there is none. */
    public @Nullable String oldestWriter() throws ChangeFeedException {
        return query(OLDEST_WRITER);
    }

    /**
     * Creates the slot and starts the stream. Waits for all write transactions of the server that are open now.
     *
     * @param jdbcUrl and properties as for {@link #connect}
     */
    public void start(String jdbcUrl, Properties properties) throws ChangeFeedException {
        try {
            requireSettings();
            Properties own = new Properties();
            own.putAll(properties);
            PGProperty.REPLICATION.set(own, "database");
            PGProperty.ASSUME_MIN_SERVER_VERSION.set(own, "12");
            PGProperty.PREFER_QUERY_MODE.set(own, "simple");
            // Nothing arrives for a long time if nothing changes.
            PGProperty.SOCKET_TIMEOUT.set(own, 0);
            Connection connection = DriverManager.getConnection(jdbcUrl, own);
            replication = connection;
            if (aborted) {
                abort();
            }
            PGConnection postgres = connection.unwrap(PGConnection.class);
            LogSequenceNumber start = postgres.getReplicationAPI()
                    .createReplicationSlot()
                    .logical()
                    .withSlotName(slot)
                    .withOutputPlugin("test_decoding")
                    .withTemporaryOption()
                    .make()
                    .getConsistentPoint();
            stream = postgres.getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(slot)
                    .withSlotOption("include-xids", true)
                    .withSlotOption("skip-empty-xacts", false)
                    .withStatusInterval(STATUS_SECONDS, TimeUnit.SECONDS)
                    .withStartPosition(start)
                    .start();
        } catch (SQLException e) {
            throw explained(e, role);
        }
    }

    private void requireSettings() throws ChangeFeedException {
        String level = query("SHOW wal_level");
        String version = query("SHOW server_version_num");
        // From version 19 on, PostgreSQL raises the level when the first logical slot is created.
        if (!"logical".equals(level) && Integer.parseInt(String.valueOf(version)) < 190_000) {
            throw new ChangeFeedException(
                    "wal_level is " + level
                            + ": run ALTER SYSTEM SET wal_level = logical, and restart PostgreSQL (managed services have a setting for it)");
        }
    }

    /** Returns the next message, null if none has arrived. Does not block. */
    public @Nullable ByteBuffer poll() throws ChangeFeedException {
        PGReplicationStream open = open();
        try {
            ByteBuffer message = open.readPending();
            messagePosition = open.getLastReceiveLSN().asLong();
            received = Math.max(received, messagePosition);
            return message;
        } catch (SQLException e) {
            throw explained(e, role);
        }
    }

    /** The position up to which all changes have been received. Never decreases. */
    public long received() {
        return received;
    }

    /** The position of the last message: that of a begin is the position of the first record of its transaction. */
    public long messagePosition() {
        return messagePosition;
    }

    /** Asks the server to report its position soon. */
    public void requestPosition() throws ChangeFeedException {
        try {
            open().forceUpdateStatus();
        } catch (SQLException e) {
            throw explained(e, role);
        }
    }

    /** Lets the server discard its log up to the received position. Sent with the next status, at most 5 s later. */
    public void confirm() throws ChangeFeedException {
        LogSequenceNumber position = LogSequenceNumber.valueOf(received);
        open().setFlushedLSN(position);
        open().setAppliedLSN(position);
    }

    private PGReplicationStream open() throws ChangeFeedException {
        PGReplicationStream open = stream;
        if (open == null || open.isClosed()) {
            throw new ChangeFeedException("PostgreSQL has ended the stream");
        }
        return open;
    }

    /** Returns the current position of the log, and which transactions are visible. */
    public LogSnapshot snapshot() throws ChangeFeedException {
        try (Statement statement = control.createStatement();
                ResultSet row = statement.executeQuery(SNAPSHOT)) {
            row.next();
            return LogSnapshot.of(row.getLong(1), row.getString(2), row.getBoolean(3));
        } catch (SQLException e) {
            throw explained(e, role);
        }
    }

    /** The system identifier of the server, and its timeline, which changes with a failover. */
    public String identity() throws ChangeFeedException {
        return String.valueOf(query(IDENTITY));
    }

    /**
     * Makes the server write its log to disk up to the current position. It does so by itself at every commit, but not
     * for records of other kinds, such as those of pages that a read has cleaned up; the stream would not reach them
     * while the server is idle.
     */
    public void flush() throws ChangeFeedException {
        query(FLUSH);
    }

    /** The database, as {@link PostgresSession#databaseIdentity} identifies that of a pool on the primary. */
    public String databaseIdentity() throws ChangeFeedException {
        return String.valueOf(query(DATABASE));
    }

    /** The object identifiers of all logged tables, by the names that the stream uses. */
    public Map<String, Integer> names() throws ChangeFeedException {
        Map<String, Integer> names = new HashMap<>();
        try (Statement statement = control.createStatement();
                ResultSet rows = statement.executeQuery(NAMES)) {
            while (rows.next()) {
                names.put(rows.getString(1), (int) rows.getLong(2));
            }
            return names;
        } catch (SQLException e) {
            throw explained(e, role);
        }
    }

    /** A text that changes when {@link #names} changes; cheaper to read. */
    public String namesFingerprint() throws ChangeFeedException {
        return String.valueOf(query(NAMES_FINGERPRINT));
    }

    /** Bytes of log that PostgreSQL must keep for this stream. */
    public long lagBytes() throws ChangeFeedException {
        try (PreparedStatement statement = control.prepareStatement(LAG)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new ChangeFeedException("the replication slot was dropped");
                }
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw explained(e, role);
        }
    }

    /** Returns the only value of a query as text; null if there is none. */
    public @Nullable String query(String sql) throws ChangeFeedException {
        try (Statement statement = control.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        } catch (SQLException e) {
            throw explained(e, role);
        }
    }

    private static ChangeFeedException explained(SQLException e, String role) {
        String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        String name = "\"" + role.replace("\"", "\"\"") + "\"";
        return new ChangeFeedException(
                switch (String.valueOf(e.getSQLState())) {
                    case "42501" ->
                        message.contains("pg_control")
                                ? "the role must know which server it is connected to: run GRANT EXECUTE ON FUNCTION"
                                        + " pg_control_system(), pg_control_checkpoint() TO %s (%s)"
                                                .formatted(name, message)
                                : "the role may not replicate: run ALTER ROLE %s REPLICATION as a superuser, or set"
                                                .formatted(name)
                                        + " cache.stream.url to a role that may (" + message + ")";
                    case "53400" -> "all replication slots are in use: raise max_replication_slots (" + message + ")";
                    case "53300" -> "all WAL senders are in use: raise max_wal_senders (" + message + ")";
                    case "58P01", "42704" ->
                        "the output plugin test_decoding is not installed; it is part of postgresql-contrib (" + message
                                + ")";
                    default -> message;
                },
                e);
    }

    /** Ends whatever the feed is waiting for. May be called by any thread. */
    public void abort() {
        aborted = true;
        endCreation();
        abort(replication);
        abort(control);
    }

    /** While the server creates a slot, it does not notice that the connection is gone, and keeps its log for the slot. */
    private void endCreation() {
        Connection connection = replication;
        if (connection == null || stream != null) {
            return;
        }
        try (Statement statement = control.createStatement()) {
            control.setNetworkTimeout(Runnable::run, ABORT_MILLIS);
            statement.execute("SELECT pg_catalog.pg_terminate_backend("
                    + connection.unwrap(PGConnection.class).getBackendPID() + ")");
        } catch (SQLException e) {
            // The server is not reachable, so it has no slot either, or will notice.
        }
    }

    private static void abort(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.abort(Runnable::run);
            }
        } catch (SQLException e) {
            // The connection is closed already.
        }
    }

    /** Closes both connections. The server then drops the slot. */
    @Override
    public void close() {
        // Without the handshake that ends the stream, because the server may not respond.
        abort();
    }
}
