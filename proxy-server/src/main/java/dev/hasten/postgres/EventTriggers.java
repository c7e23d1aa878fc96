package dev.hasten.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * Event triggers that report changes of the schema in the write-ahead log, inside of the transaction that makes them.
 * Only a superuser can create them, or a role that the hosting platform allows to.
 */
public final class EventTriggers {
    /** The prefix of the messages. */
    public static final String MESSAGE_PREFIX = "hasten";

    /** Creates the triggers, or replaces them. */
    public static final String INSTALL = """
            BEGIN;
            CREATE SCHEMA IF NOT EXISTS hasten;
            CREATE OR REPLACE FUNCTION hasten.report_schema_change() RETURNS event_trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF tg_event = 'sql_drop' THEN
                IF NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger_dropped_objects() WHERE NOT is_temporary) THEN
                  RETURN;
                END IF;
              ELSIF NOT EXISTS (
                SELECT FROM pg_catalog.pg_event_trigger_ddl_commands() WHERE schema_name IS DISTINCT FROM 'pg_temp')
              THEN
                RETURN;
              END IF;
              PERFORM pg_catalog.pg_logical_emit_message(true, '%1$s', 'schema');
            END $$;
            DROP EVENT TRIGGER IF EXISTS hasten_ddl;
            DROP EVENT TRIGGER IF EXISTS hasten_drop;
            CREATE EVENT TRIGGER hasten_ddl ON ddl_command_end EXECUTE FUNCTION hasten.report_schema_change();
            CREATE EVENT TRIGGER hasten_drop ON sql_drop EXECUTE FUNCTION hasten.report_schema_change();
            COMMIT;
            """.formatted(MESSAGE_PREFIX);

    /** Removes the triggers and their function. Does nothing if they do not exist. */
    public static final String REMOVE = """
            BEGIN;
            DROP EVENT TRIGGER IF EXISTS hasten_ddl;
            DROP EVENT TRIGGER IF EXISTS hasten_drop;
            DROP FUNCTION IF EXISTS hasten.report_schema_change();
            COMMIT;
            """;

    private EventTriggers() {}

    /**
     * Runs {@link #INSTALL} or {@link #REMOVE}.
     *
     * @throws DatabaseException if the role may not do it, or the database cannot be reached
     */
    public static void run(String sql, String jdbcUrl, Properties properties) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl, properties);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw DatabaseErrors.whileConnecting(e);
        }
    }
}
