package dev.hasten.faults;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What PostgreSQL knows of the writes: the table {@code ledger}, read by direct connections. It has no unique index, so
 * that a write that was done twice is seen.
 */
record Ledger(int port) {
    /** Creates an empty table. */
    void create() throws SQLException {
        execute("DROP TABLE IF EXISTS ledger");
        execute("CREATE TABLE ledger (id bigint NOT NULL, part int NOT NULL)");
    }

    /** Returns the number of rows of each id. */
    Map<Long, Integer> rows() throws SQLException {
        Map<Long, Integer> rows = new HashMap<>();
        for (String id : column("SELECT id FROM ledger")) {
            rows.merge(Long.valueOf(id), 1, Integer::sum);
        }
        return rows;
    }

    /** Returns the state of each session of Hasten. */
    List<String> sessions() throws SQLException {
        return column("SELECT state FROM pg_stat_activity WHERE application_name = 'hasten'");
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", null);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    List<String> column(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
