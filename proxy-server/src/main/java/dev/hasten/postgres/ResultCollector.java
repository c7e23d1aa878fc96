package dev.hasten.postgres;

import dev.hasten.postgres.StatementCache.Prepared;
import java.sql.SQLWarning;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Field;
import org.postgresql.core.Query;
import org.postgresql.core.ResultCursor;
import org.postgresql.core.ResultHandlerBase;
import org.postgresql.core.Tuple;

/** Receives the result of a statement from the driver. Of several results, the last one counts. */
final class ResultCollector extends ResultHandlerBase {
    /** The driver's status for an empty statement, which has no command tag in PostgreSQL. */
    private static final String EMPTY = "EMPTY";

    private final @Nullable Prepared prepared;
    private @Nullable Columns columns;
    private Rows rows = Rows.NONE;
    private long count;
    /** Where the rest of the rows can be fetched; null if the result is complete. */
    private @Nullable ResultCursor cursor;
    /** Null if no statement has been completed. */
    private @Nullable String status;

    /** @param prepared the statement, if it is kept prepared */
    ResultCollector(@Nullable Prepared prepared) {
        this.prepared = prepared;
    }

    StatementResult result(long rowCount, long heapBytes) {
        String tag = status == null || status.equals(EMPTY) ? "" : status;
        return new StatementResult(columns, rows, rowCount, tag, heapBytes);
    }

    Rows rows() {
        return rows;
    }

    /** Where the rest of the rows can be fetched; null if there is no rest. */
    @Nullable
    ResultCursor cursor() {
        return cursor;
    }

    /** The number of rows that were returned or changed. */
    long count() {
        return count;
    }

    /** Whether the last completed statement was a rollback. If none was completed, returns {@code before}. */
    boolean endedByRollback(boolean before) {
        return status == null ? before : status.equals("ROLLBACK");
    }

    @Override
    public void handleResultRows(Query query, Field[] fields, List<Tuple> tuples, @Nullable ResultCursor rest) {
        cursor = rest;
        columns = prepared == null ? Columns.of(fields) : prepared.columns(fields);
        rows = new Rows(tuples);
    }

    @Override
    public void handleWarning(SQLWarning warning) {
        // Clients cannot receive notices.
    }

    @Override
    public void handleCommandStatus(String commandStatus, long updateCount, long insertOid) {
        count = updateCount;
        status = commandStatus;
    }
}
