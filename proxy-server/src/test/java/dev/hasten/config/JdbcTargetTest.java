package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Connects the real driver to a real PostgreSQL with the settings of a URL. */
class JdbcTargetTest {
    @Test
    void unusualNamesAndSessionSettingsReachPostgres() throws IOException, SQLException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE ROLE \"o'dd@user\" LOGIN PASSWORD 'p@ss/w:rd+%'");
                statement.execute("CREATE DATABASE \"odd ?name\"");
            }
            DatabaseUrl url = DatabaseUrl.parse("postgresql://o'dd%40user:p%40ss%2Fw:rd+%25@localhost:"
                    + postgres.getPort() + "/odd%20%3Fname?schema=My%22Schema&application_name=tester"
                    + "&options=-c%20work_mem%3D7MB&connect_timeout=5&socket_timeout=30&pgbouncer=true");
            JdbcTarget target = url.toJdbcProperties();
            try (Connection connection = DriverManager.getConnection(target.url(), target.properties());
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("""
                            SELECT current_user, current_database(), current_setting('search_path'),
                                   current_setting('application_name'), current_setting('work_mem')
                            """)) {
                assertThat(row.next()).isTrue();
                assertThat(row.getString(1)).isEqualTo("o'dd@user");
                assertThat(row.getString(2)).isEqualTo("odd ?name");
                assertThat(row.getString(3)).isEqualTo("\"My\"\"Schema\"");
                assertThat(row.getString(4)).isEqualTo("tester");
                assertThat(row.getString(5)).isEqualTo("7MB");
            }
        }
    }
}
