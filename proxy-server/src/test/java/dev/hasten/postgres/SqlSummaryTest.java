package dev.hasten.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlSummaryTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT 1 | SELECT",
                "select * from item where name = 'from secret' | SELECT item",
                "SELECT * FROM \"public\".\"User\" AS u JOIN \"Post\" ON true | SELECT User Post",
                "SELECT a.b FROM x, y AS z, public.w WHERE a IN (1, 2) | SELECT x y w",
                "SELECT * FROM item FOR UPDATE SKIP LOCKED | SELECT item",
                "SELECT * FROM item FOR NO KEY UPDATE OF item | SELECT item",
                "SELECT extract(year FROM created_at) FROM item | SELECT item",
                "SELECT a IS DISTINCT FROM b FROM item | SELECT item",
                "SELECT * FROM a WHERE id IN (SELECT id FROM b, c) | SELECT a b c",
                "INSERT INTO item VALUES (1) ON CONFLICT DO UPDATE SET id = 2 | INSERT item",
                "COPY item FROM stdin | COPY item",
                "CREATE TABLE IF NOT EXISTS item (id int) | CREATE item",
                "TRUNCATE TABLE item | TRUNCATE item",
                "SET application_name = secret | SET",
                "INSERT INTO shop.item (id) VALUES ($1) RETURNING id | INSERT item",
                "UPDATE ONLY item SET a = (SELECT b FROM other) | UPDATE item other",
                "DELETE FROM item USING other | DELETE item",
                "SELECT * FROM (SELECT 1) t | SELECT",
                "WITH x AS (SELECT * FROM item) SELECT * FROM x | WITH item x",
                "COMMIT | COMMIT",
                "CREATE TABLE t (id int) | CREATE t",
                "SELECT * FROM item; SELECT * FROM item | SELECT item",
                "'' | ''",
                "/* update secret */ SELECT 1 | SELECT",
            })
    void summaryIsTheCommandWithItsTables(String sql, String summary) {
        assertThat(SqlSummary.of(sql)).isEqualTo(summary);
    }

    @Test
    void summaryOfAnyTextIsShort() {
        assertThat(SqlSummary.of("SELECT * FROM \"" + "x".repeat(10_000) + "\"").length())
                .isLessThanOrEqualTo(255);
        assertThat(SqlSummary.of("SELECT * FROM a" + " JOIN b ON true".repeat(1000)))
                .isEqualTo("SELECT a b");
    }
}
