package dev.hasten.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlMaskTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    SELECT * FROM item WHERE name = 'O''Brien' LIMIT 10 | SELECT * FROM item WHERE name = ? LIMIT ?
                    SELECT $1, "Odd 'name'", e'a\\'b', 1.5e10           | SELECT $1, "Odd 'name'", ?, ?
                    SELECT $tag$ secret ' $tag$, U&'x', x'1f'           | SELECT ?, U&?, x?
                    SELECT 1 -- 'secret'                                | SELECT ?
                    SELECT /* secret */ a                               | SELECT a
                    DO $$ BEGIN PERFORM 'secret'; END $$                | DO ?
                    SELECT 'secret                                      | SELECT ?
                    SELECT a::text, b[1], c -1                          | SELECT a::text, b[?], c -?
                    """)
    void literalsAndCommentsAreRemoved(String sql, String masked) {
        assertThat(SqlMask.of(sql)).isEqualTo(masked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    SELECT a FROM t WHERE id IN (1, 2, 3)               | SELECT a FROM t WHERE id IN (?, ...)
                    SELECT a FROM t WHERE id IN ($1,$2,$3) AND b = $4   | SELECT a FROM t WHERE id IN ($1, ...) AND b = $4
                    SELECT a FROM t WHERE id IN ($1)                    | SELECT a FROM t WHERE id IN ($1)
                    INSERT INTO t VALUES (1, 'a'), (2, 'b')             | INSERT INTO t VALUES (?, ...), (?, ...)
                    SELECT f(a, 1, b)                                   | SELECT f(a, ?, b)
                    """)
    void listsOfAnyLengthHaveTheSameShape(String sql, String shape) {
        assertThat(SqlMask.shape(sql)).isEqualTo(shape);
    }

    @Test
    void longListsAndLongTextsTakeNoStack() {
        String list = "SELECT " + "1,".repeat(100_000) + "1";
        assertThat(SqlMask.shape(list)).isEqualTo("SELECT ?, ...");
        assertThat(SqlMask.of("SELECT '" + "x".repeat(1_000_000))).isEqualTo("SELECT ?");
    }
}
