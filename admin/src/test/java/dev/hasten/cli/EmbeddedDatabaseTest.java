package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class EmbeddedDatabaseTest {
    @Test
    void existingDataDirectoriesAlsoGetStatementStatistics(@TempDir Path stateDir) throws Exception {
        EmbeddedPostgres.builder()
                .setDataDirectory(stateDir.resolve("postgres"))
                .setCleanDataDirectory(false)
                .start()
                .close();

        try (EmbeddedDatabase database = EmbeddedDatabase.start(stateDir);
                Connection connection =
                        DriverManager.getConnection("jdbc:" + database.url().replace("postgres@", ""), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION pg_stat_statements");
            statement.execute("SELECT count(*) FROM pg_class WHERE relname = 'users'");
            try (ResultSet calls = statement.executeQuery(
                    "SELECT calls FROM pg_stat_statements WHERE query LIKE '%FROM pg_class WHERE relname = $1'")) {
                assertThat(calls.next()).isTrue();
                assertThat(calls.getInt(1)).isOne();
            }
        }
    }
}
