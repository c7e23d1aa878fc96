package dev.hasten.proof;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statements that differ only in the length of a list share a proof; others never do. */
final class StatementShapeTest {
    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "SELECT a FROM t WHERE b IN ($1,$2,$3) AND c = $4 => SELECT a FROM t WHERE b IN ($1) AND c = $2",
                "SELECT a FROM t WHERE b IN ($1 , $2) OFFSET $3 => SELECT a FROM t WHERE b IN ($1) OFFSET $2",
                "SELECT a FROM t WHERE b NOT IN ($2,$3) AND c = $1 => SELECT a FROM t WHERE b NOT IN ($1) AND c = $2",
                "SELECT a FROM t WHERE b IN ($1,$2) AND c = $1 => SELECT a FROM t WHERE b IN ($1) AND c = $1",
                "INSERT INTO t VALUES ($1,$2), ($3,$4),($5,$6) RETURNING a => INSERT INTO t VALUES ($1,$2) RETURNING a",
                "INSERT INTO t VALUES ($1,DEFAULT),($2,DEFAULT) => INSERT INTO t VALUES ($1,DEFAULT)",
                "INSERT INTO t VALUES ($1,DEFAULT),($2,$3) => INSERT INTO t VALUES ($1,DEFAULT),($2,$3)",
                "INSERT INTO t VALUES ($1),($2),(DEFAULT),($3) => INSERT INTO t VALUES ($1),(DEFAULT),($2)",
                "SELECT f($1,$2) => SELECT f($1,$2)",
                "SELECT a IN ($1,$2,b) FROM t => SELECT a IN ($1,$2,b) FROM t",
                "SELECT a IN ($1) => SELECT a IN ($1)",
                "SELECT 'IN ($1,$2)' /* IN ($1,$2) */ => SELECT 'IN ($1,$2)' /* IN ($1,$2) */",
                "SELECT \"in\"($1,$2) => SELECT \"in\"($1,$2)",
                "SELECT a IN ($1,$2x) => SELECT a IN ($1,$2x)",
            })
    void listsAreShortened(String sql, String shape) {
        assertThat(StatementShape.of(sql)).isEqualTo(shape);
    }
}
