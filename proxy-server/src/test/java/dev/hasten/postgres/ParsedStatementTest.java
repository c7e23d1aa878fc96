package dev.hasten.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.postgres.ParsedStatement.SessionEffect;
import dev.hasten.postgres.ParsedStatement.Trait;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParsedStatementTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT \"public\".\"User\".\"id\" FROM \"public\".\"User\" WHERE (\"public\".\"User\".\"id\" = $1 AND 1=1) LIMIT $2",
                "INSERT INTO \"public\".\"User\" (\"email\",\"name\") VALUES ($1,$2), ($3,DEFAULT) RETURNING \"public\".\"User\".\"id\"",
                "INSERT INTO \"t\" (\"a\") VALUES ($1) ON CONFLICT (\"a\") DO UPDATE SET \"a\" = $2 WHERE (1=1)",
                "UPDATE \"public\".\"User\" SET \"age\" = (\"public\".\"User\".\"age\" + $1) WHERE (\"id\" IN ($2,$3))",
                "SELECT COUNT(*), COALESCE(SUM(\"x\"), 0) FROM (SELECT 1 FROM \"t\") AS \"sub\"",
                "SELECT JSONB_BUILD_OBJECT('a', \"t\".\"a\") FROM \"t\" LEFT JOIN LATERAL (SELECT 1) AS \"x\" ON true",
                "SELECT 'set_config(''a'')' AS text, $tag$ set_config( $tag$ AS quoted /* set_config( /* nested */ */",
                "DELETE FROM \"t\" WHERE \"a\" ? 'key' OR \"b\" @> $1",
                "SELECT a FROM t JOIN (SELECT 1) x ON true LEFT JOIN (SELECT 2) y ON true WHERE a LIKE ('x')",
                "SELECT count(*) FILTER (WHERE a), sum(a) OVER (PARTITION BY (a) ORDER BY (b)) FROM t GROUP BY (c)",
                "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM t",
                "WITH x AS MATERIALIZED (SELECT 1) INSERT INTO t SELECT * FROM x ON CONFLICT (a) DO UPDATE SET a = (1)",
                "SELECT a FROM t WHERE a NOT ILIKE ('%' || b || '%') AND left(a, 1) = $3",
                "COMMIT",
            })
    void harmlessStatementsNeedNoReset(String sql) {
        assertThat(ParsedStatement.of(sql).effect()).isEqualTo(SessionEffect.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET search_path = x",
                "/* leading */ set local work_mem = '1MB'",
                "SELECT set_config('a.b', 'c', false)",
                "SELECT \"set_config\"('a.b', 'c', false)",
                "SELECT pg_catalog.set_config('a.b', 'c', false)",
                "SELECT other.lower('x')",
                "SELECT ctx.set('a', 'b')",
                "SELECT ctx.values(1)",
                "SELECT hash('a')",
                "SELECT 1 WHERE key('a')",
                "SELECT 1 FROM range(1)",
                "SELECT 1 FROM a JOIN b ON conflict(a.x)",
                "SELECT 1, over(1)",
                "SELECT 1 + rows(1)",
                "SELECT CASE WHEN identity(1) THEN 1 END",
                "SELECT 1 ORDER BY partition(1)",
                "SELECT \"over\"(1)",
                "SELECT DISTINCT ON (a) over(1)",
                "SELECT set(values) FROM t",
                "INSERT INTO t SELECT 1 FROM a JOIN b ON conflict(a.x)",
                "SELECT trim(BOTH hash('a') FROM 'b')",
                "SELECT 1 FETCH FIRST key(1) ROWS ONLY",
                "SELECT 1; SET x = 1",
                "SELECT pg_advisory_lock(1)",
                "CREATE TEMP TABLE x (a int)",
                "CREATE VIEW pg_temp.x AS SELECT 1",
                "SELECT 1 INTO \"pg_temp\".x",
                "LISTEN channel",
                "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
                "PREPARE p AS SELECT 1",
                "DO $$ BEGIN PERFORM 1; END $$",
                "CALL p()",
                "SELECT 1 -- \r, set_config('a.b', 'c', false)",
                "SELECT E'a'\n'b\\'', set_config('a.b', 'c', false) --'",
                "SELECT E'a' -- b\n'\\' , ' || set_config('a.b', 'c', false) || '",
                "SELECT lo\u212aer('a')",
                "SELECT set\u2003lower('a')",
                "SELECT $1lower",
                "SELECT U&\"set\\005fconfig\"('a.b', 'c', false)",
                "SELECT $٣$ ' $٣$, set_config('a.b', 'c', false) --'",
            })
    void statementsThatMayChangeTheSessionNeedAReset(String sql) {
        assertThat(ParsedStatement.of(sql).effect()).isEqualTo(SessionEffect.RESET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOAD 'x'", "SELECT setseed(0.5)", "SELECT dblink_connect('x')", "COPY t TO STDOUT"})
    void statementsThatCannotBeUndoneEndTheConnection(String sql) {
        assertThat(ParsedStatement.of(sql).effect()).isEqualTo(SessionEffect.DISCARD);
    }

    @Test
    void severalStatementsAreDetectedAndEmptyOnesIgnored() {
        assertThat(ParsedStatement.of("SELECT 1; SELECT 2").is(Trait.SEVERAL_STATEMENTS))
                .isTrue();
        assertThat(ParsedStatement.of("SELECT 1;").is(Trait.SEVERAL_STATEMENTS)).isFalse();
        assertThat(ParsedStatement.of("SELECT ';' -- ; \n").is(Trait.SEVERAL_STATEMENTS))
                .isFalse();
        assertThat(ParsedStatement.of("; ;").is(Trait.SEVERAL_STATEMENTS)).isFalse();
    }

    @Test
    void parametersAreOnlyDetectedOutsideOfText() {
        assertThat(ParsedStatement.of("SELECT $1").hasParameters()).isTrue();
        assertThat(ParsedStatement.of("SELECT '$1', \"a$1\" /* $1 */").hasParameters())
                .isFalse();
    }

    @Test
    void callsThatMayCommitBeforeTheyFailAreDetected() {
        assertThat(ParsedStatement.of("CALL pay($1)").is(Trait.PROCEDURAL)).isTrue();
        assertThat(ParsedStatement.of("SELECT 1").is(Trait.PROCEDURAL)).isFalse();
    }
}
