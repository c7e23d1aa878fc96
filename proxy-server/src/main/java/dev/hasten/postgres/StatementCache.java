package dev.hasten.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Field;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Query;
import org.postgresql.core.QueryExecutor;
import org.postgresql.core.SqlCommand;

/**
 * The server-prepared statements of one session. The least recently used ones are closed first.
 *
 * <p>A text is prepared when it is sent for the second time. Texts that are sent only once, such as those with a trace
 * id in a comment, therefore neither need a named statement nor evict frequent ones. Not thread-safe, like its session.
 */
final class StatementCache {
    /** Longer texts (in characters) are not prepared. They are rarely sent twice, and are expensive to keep. */
    private static final int MAX_SQL_LENGTH = 16 * 1024;

    /** How many texts are remembered that were sent once, and how many that must not be prepared. */
    private static final int CANDIDATES = 256;

    /** Maximum number of result columns of all prepared statements. The driver keeps about 150 bytes for each. */
    private static final int MAX_COLUMNS = 8000;

    private final QueryExecutor executor;
    private final int capacity;
    private int columnCount;
    private final Map<String, Boolean> refused = bounded(CANDIDATES);
    private final LinkedHashMap<String, Prepared> prepared;
    private final Map<String, Boolean> candidates = bounded(CANDIDATES);

    /** @param capacity how many statements are kept prepared; 0 for none */
    StatementCache(QueryExecutor executor, int capacity) {
        this.executor = executor;
        this.capacity = capacity;
        this.prepared = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Prepared> eldest) {
                if (size() <= capacity) {
                    return false;
                }
                close(eldest.getValue());
                return true;
            }
        };
    }

    /**
     * Returns the prepared statement for a text, or null if the text should be sent without being kept prepared.
     *
     * @param key contains the text, and the types of its parameters if they are declared
     */
    @Nullable
    Prepared get(String key, String sql, int parameterCount) {
        Prepared known = prepared.get(key);
        if (known != null) {
            return known.parameterCount == parameterCount ? known : null;
        }
        if (capacity == 0 || sql.length() > MAX_SQL_LENGTH || refused.containsKey(key)) {
            return null;
        }
        if (candidates.remove(key) == null) {
            candidates.put(key, Boolean.TRUE);
            return null;
        }
        while (columnCount > MAX_COLUMNS && !prepared.isEmpty()) {
            close(prepared.pollFirstEntry().getValue());
        }
        Prepared fresh = new Prepared(key, query(sql, parameterCount), parameterCount);
        prepared.put(key, fresh);
        return fresh;
    }

    /** Creates a query for a text. */
    Query query(String sql, int parameterCount) {
        return executor.wrap(List.of(nativeQuery(sql, parameterCount)));
    }

    /** Creates a query that begins a transaction and runs a text in the same round trip. */
    Query queryAfterBegin(String begin, String sql, int parameterCount) {
        return executor.wrap(List.of(nativeQuery(begin, 0), nativeQuery(sql, parameterCount)));
    }

    void forget(String key) {
        Prepared stale = prepared.remove(key);
        if (stale != null) {
            close(stale);
        }
    }

    private void close(Prepared prepared) {
        columnCount -= prepared.columnCount();
        prepared.query.close();
    }

    /** Closes the prepared statement with this key and does not prepare it again. */
    void refuse(String key) {
        forget(key);
        refused.put(key, Boolean.TRUE);
    }

    void forgetAll() {
        new ArrayList<>(prepared.keySet()).forEach(this::forget);
    }

    private static NativeQuery nativeQuery(String sql, int parameterCount) {
        // pgjdbc needs the positions only to render the text itself, which is not used.
        return new NativeQuery(sql, new int[parameterCount], false, SqlCommand.BLANK);
    }

    private static Map<String, Boolean> bounded(int capacity) {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > capacity;
            }
        };
    }

    /** A statement that stays prepared on the server. */
    final class Prepared {
        private final String key;
        private final Query query;
        private final int parameterCount;
        private Field @Nullable [] fields;
        private @Nullable Columns columns;
        private boolean used;
        private boolean checked;

        private Prepared(String key, Query query, int parameterCount) {
            this.key = key;
            this.query = query;
            this.parameterCount = parameterCount;
        }

        String key() {
            return key;
        }

        Query query() {
            return query;
        }

        private int columnCount() {
            return fields == null ? 0 : fields.length;
        }

        /** Whether the types of its parameters have been checked. */
        boolean isChecked() {
            return checked;
        }

        void check() {
            checked = true;
        }

        /**
         * Marks the statement as used. Returns whether it was used before, so that its plan may be older than
         * the schema.
         */
        boolean markUsed() {
            boolean before = used;
            used = true;
            return before;
        }

        /**
         * Returns the columns. They are converted only once per description: the driver passes the same array until it
         * reads a new description.
         */
        @SuppressWarnings("ReferenceEquality")
        Columns columns(Field[] description) {
            Columns known = columns;
            if (known == null || fields != description) {
                columnCount += description.length - columnCount();
                known = Columns.of(description);
                columns = known;
                fields = description;
            }
            return known;
        }
    }
}
