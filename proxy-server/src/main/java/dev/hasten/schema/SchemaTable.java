package dev.hasten.schema;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.Lease;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stores schemas in a table of the database itself, so that all servers of the database share them. The table is
 * created with the first schema, in its own PostgreSQL schema, which Prisma Migrate ignores.
 */
final class SchemaTable implements SchemaStore {
    private static final String CREATE = """
            CREATE SCHEMA IF NOT EXISTS hasten;
            CREATE TABLE IF NOT EXISTS hasten.prisma_schema (
                hash text PRIMARY KEY,
                text text NOT NULL,
                created_at timestamptz NOT NULL DEFAULT now())""";
    private static final String EXISTS = "SELECT to_regclass('hasten.prisma_schema') IS NOT NULL";
    private static final String LIST =
            "SELECT hash, octet_length(text), (extract(epoch FROM created_at) * 1000)::bigint"
                    + " FROM hasten.prisma_schema ORDER BY created_at";
    private static final String READ = "SELECT text FROM hasten.prisma_schema WHERE hash = $1";
    private static final String WRITE =
            "INSERT INTO hasten.prisma_schema (hash, text) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    private static final String DELETE = "DELETE FROM hasten.prisma_schema WHERE hash = $1";

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ConnectionPool pool;
    private final Watchdog watchdog;
    private volatile boolean exists;

    SchemaTable(ConnectionPool pool, Watchdog watchdog) {
        this.pool = pool;
        this.watchdog = watchdog;
    }

    @Override
    public List<Kept> list() {
        if (!exists()) {
            return List.of();
        }
        List<Kept> kept = new ArrayList<>();
        StatementResult result = run(LIST);
        for (int row = 0; row < result.rows().size(); row++) {
            kept.add(new Kept(
                    text(result, row, 0),
                    Long.parseLong(text(result, row, 1)),
                    Instant.ofEpochMilli(Long.parseLong(text(result, row, 2)))));
        }
        return kept;
    }

    @Override
    public @Nullable String read(String hash) {
        if (!exists()) {
            return null;
        }
        StatementResult result = run(READ, hash);
        return result.rows().isEmpty() ? null : text(result, 0, 0);
    }

    @Override
    public void write(String hash, String text) {
        if (!exists()) {
            try {
                run(CREATE);
            } catch (SchemaStoreException e) {
                // If two servers create the table at the same time, one of them fails, but the table exists.
                if (!exists()) {
                    throw e;
                }
            }
        }
        run(WRITE, hash, text);
    }

    @Override
    public void delete(String hash) {
        if (exists()) {
            run(DELETE, hash);
        }
    }

    private boolean exists() {
        if (!exists) {
            exists = text(run(EXISTS), 0, 0).equals("t");
        }
        return exists;
    }

    /** Runs a statement with a short time limit, because a request waits for it. */
    private StatementResult run(String sql, String... parameters) {
        Cancellation cancellation = new Cancellation();
        try (Watch _ = watchdog.watch(cancellation, PATIENCE);
                Lease lease = pool.lease(cancellation)) {
            return lease.run(ParsedStatement.of(sql), List.of(parameters), StatementPolicy.TRUSTED, cancellation);
        } catch (DatabaseException e) {
            throw new SchemaStoreException("Cannot access the table hasten.prisma_schema: " + e.getMessage(), e);
        } catch (CancelledException e) {
            throw new SchemaStoreException(
                    "Cannot access the table hasten.prisma_schema: the database did not respond in time", e);
        }
    }

    private static String text(StatementResult result, int row, int column) {
        return Objects.requireNonNull(result.rows().text(row, column));
    }
}
