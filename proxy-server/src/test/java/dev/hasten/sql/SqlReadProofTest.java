package dev.hasten.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only statements whose result depends only on the data are cached, and most of them are. */
@Tag("integration")
@Tag("postgres-version")
final class SqlReadProofTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE item (id int PRIMARY KEY, name text, price numeric, version int, made timestamptz, doc jsonb)",
            "CREATE TABLE part (id int PRIMARY KEY, item_id int REFERENCES item, \"user\" text, made date)",
            "INSERT INTO item SELECT n, 'n' || n, n, n, '2024-01-01', '{}' FROM generate_series(1, 50) n",
            "CREATE SEQUENCE seq",
            "CREATE FUNCTION pure(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + 1'",
            "CREATE FUNCTION reading() RETURNS bigint STABLE LANGUAGE sql AS 'SELECT count(*) FROM item'",
            "CREATE FUNCTION writing(int) RETURNS int LANGUAGE sql AS 'UPDATE item SET price = $1; SELECT 1'",
            "CREATE FUNCTION of_row(item) RETURNS float8 LANGUAGE sql AS 'SELECT random()'",
            "CREATE FUNCTION step(int, int) RETURNS int VOLATILE LANGUAGE plpgsql AS 'BEGIN RETURN $1 + $2; END'",
            "CREATE AGGREGATE adrift(int) (SFUNC = step, STYPE = int, INITCOND = '0')",
            "CREATE FUNCTION twice(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $2'",
            "CREATE AGGREGATE steady(int) (SFUNC = twice, STYPE = int, INITCOND = '0')",
            "CREATE VIEW cheap AS SELECT * FROM item WHERE price < 10",
            "CREATE VIEW recent AS SELECT * FROM item WHERE made > now() - interval '1 day'",
            "CREATE VIEW mine AS SELECT * FROM part WHERE \"user\" = current_user",
            "CREATE VIEW sampled AS SELECT * FROM item LIMIT (random() * 10)::int",
            "CREATE VIEW listed AS SELECT * FROM (VALUES (now()), (now())) v (t)",
            "CREATE VIEW nested AS SELECT * FROM cheap, (SELECT count(*) FROM listed) AS l",
            "CREATE VIEW numbered AS SELECT nextval('seq'), id FROM item",
            "CREATE VIEW locked AS SELECT * FROM item FOR UPDATE",
            "CREATE VIEW catalog AS SELECT relname FROM pg_class",
            "CREATE MATERIALIZED VIEW frozen AS SELECT count(*) AS n FROM item",
            "CREATE TABLE secured (id int, owner name DEFAULT current_user)",
            "ALTER TABLE secured ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE secured FORCE ROW LEVEL SECURITY",
            "CREATE POLICY own ON secured USING (owner = current_user)",
            "CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at)",
            "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    private static final SqlClient CLIENT = new SqlClient(SERVER.client());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM item WHERE id = 1",
                "SELECT i.version, p.\"user\" FROM item i LEFT JOIN part p ON p.item_id = i.id ORDER BY i.name LIMIT 5 OFFSET 2",
                "(SELECT id FROM item) UNION ALL SELECT id FROM part",
                "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n",
                "TABLE item",
                "VALUES (1, 'a'), (2, 'b')",
                "SELECT count(*), max(price), json_agg(i), string_agg(name, ',') FROM item i GROUP BY version HAVING count(*) > 0",
                "SELECT row_number() OVER (PARTITION BY version ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM item",
                "SELECT made::date, made AT TIME ZONE 'Europe/Berlin', date_trunc('day', made), extract(epoch FROM made) FROM item",
                "SELECT made + interval '1 day', to_char(made, 'YYYY'), made::text FROM item",
                "SELECT * FROM item WHERE made >= '2024-01-01' AND made < DATE '2024-02-01'",
                "SELECT doc->>'a', doc @> '{\"b\":1}', jsonb_build_object('x', id), doc ? 'c' FROM item",
                "SELECT to_tsvector('english', name) @@ plainto_tsquery('english', 'x') FROM item",
                "SELECT coalesce(name, 'x') || 'now?'::varchar(10) FROM item WHERE name ILIKE 'a%' AND id IN (1, 2)",
                "SELECT pure(id), steady(id) OVER () FROM item",
                "SELECT * FROM cheap WHERE pure(id) > 1",
                "SELECT * FROM frozen",
                "SELECT * FROM item WHERE EXISTS (SELECT FROM part WHERE part.item_id = item.id) AND name <> ALL (ARRAY['x'])",
                "SELECT * FROM item JOIN LATERAL (SELECT * FROM part WHERE item_id = item.id LIMIT 1) p ON true",
                "SELECT generate_series(1, 3), unnest(ARRAY[1, 2]), abs(-1), md5('x'), CASE WHEN true THEN 1 END",
                "SELECT CAST(price AS int), price::text, (price)::numeric(10,2), 'a'::char(3) FROM item /* now() */ -- random()",
                "SELECT substring(name FROM 1 FOR 2), position('a' IN name), trim(both 'x' FROM name) FROM item",
                "SELECT * FROM parted WHERE at = '2024-05-05'",
                "SELECT DISTINCT ON (name) id AS user FROM item",
                "SELECT id FROM item ORDER BY id; ",
                "SELECT id FROM item -- to the end",
                "SELECT id, id, name AS id FROM item AS tables",
                "SELECT E'a\\n\\'b' FROM item",
            })
    void readsAreCached(String sql) {
        if (sql.contains("'now?'")) {
            // The only false positive: the string contains a special date/time value.
            assertThat(CLIENT.cached(sql).cacheStatus()).isEqualTo("none");
            return;
        }
        Reply first = CLIENT.cached(sql);
        assertThat(first.cacheStatus())
                .as(first + " " + first.header("hasten-not-cached"))
                .isEqualTo("miss");
        assertThat(CLIENT.cached(sql).cacheStatus()).isEqualTo("ttl");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "INSERT INTO part VALUES (1) ON CONFLICT DO NOTHING RETURNING id => not a SELECT",
                "WITH x AS (UPDATE item SET price = price RETURNING id) SELECT * FROM x => writes",
                "WITH x AS (DELETE FROM part RETURNING id) SELECT 1 => writes",
                "SELECT * INTO TEMP copied FROM item => INTO",
                "SELECT * FROM item WHERE id = 1 FOR UPDATE => row lock",
                "SELECT * FROM item FOR NO KEY UPDATE => row lock",
                "SELECT * FROM item FOR SHARE OF item SKIP LOCKED => row lock",
                "SELECT now() => now",
                "SELECT \"now\"() => now",
                "SELECT pg_catalog.now() => now",
                "SELECT now /* ( */ () => now",
                "SELECT CURRENT_TIMESTAMP(3) => current_timestamp",
                "SELECT localtime => localtime",
                "SELECT current_date - made::date FROM item => current_date",
                "SELECT age(made) FROM item => age",
                "SELECT age(made, made) FROM item => age",
                "SELECT 'today'::date => date/time value",
                "SELECT 'today12:30'::timestamp => date/time value",
                "SELECT '12:30today'::timestamp => date/time value",
                "SELECT $x$now$x$::timestamptz => date/time value",
                "SELECT E'n\\157w'::timestamptz => escapes",
                "SELECT E'n\\ow'::timestamptz => escapes",
                "SELECT ('no' || 'w')::timestamptz => date/time value",
                "SELECT random() => random",
                "SELECT * FROM item ORDER BY random() => random",
                "SELECT 1 LIMIT (random() * 10)::int => random",
                "SELECT * FROM (VALUES (random()), (random())) v => random",
                "SELECT sum(id) OVER (ROWS BETWEEN (random() * 3)::int PRECEDING AND CURRENT ROW) FROM item => random",
                "SELECT gen_random_uuid() => gen_random_uuid",
                "SELECT current_user => current_user",
                "SELECT user => user",
                "SELECT session_user::text => session_user",
                "SELECT current_setting('search_path') => current_setting",
                "SELECT set_config('my.x', 'y', false) => set_config",
                "SELECT current_schema => current_schema",
                "SELECT pg_backend_pid() => pg_backend_pid",
                "SELECT version() => version",
                "SELECT nextval('seq') => nextval",
                "SELECT CASE WHEN id < 0 THEN lastval() END FROM item => lastval",
                "SELECT pg_advisory_lock(1) => pg_advisory_lock",
                "SELECT pg_sleep(0) => pg_sleep",
                "SELECT txid_current() => txid_current",
                "SELECT relname FROM pg_class => system catalog",
                "SELECT * FROM information_schema.tables => catalog",
                "SELECT * FROM pg_stat_activity => system catalog",
                "SELECT 'item'::regclass => regclass",
                "SELECT * FROM item TABLESAMPLE system (50) => random: has the plan node Sample Scan",
                "SELECT writing(1) => writing",
                "SELECT reading() => reading",
                "SELECT * FROM reading() => reading",
                "SELECT item.of_row FROM item => not immutable",
                "SELECT (item).of_row FROM item => not immutable",
                "SELECT adrift(id) FROM item => adrift",
                "SELECT * FROM recent => now",
                "SELECT * FROM mine => depends on the session",
                "SELECT * FROM sampled => random",
                "SELECT * FROM listed => now",
                "SELECT count(*) FROM nested => now",
                "SELECT * FROM numbered => nextval",
                "SELECT * FROM locked => locks rows",
                "SELECT * FROM catalog => system catalog",
                "SELECT U&\"\\0072andom\"() => Unicode",
                "SHOW search_path => not a SELECT",
                "EXPLAIN SELECT 1 => not a SELECT",
                "SET search_path = public => not a SELECT",
                "DO 'BEGIN END' => not a SELECT",
            })
    void statementsWithVaryingResultsAreNotCached(String sql, String reason) {
        for (int i = 0; i < 2; i++) {
            Reply reply = CLIENT.cached(sql);
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
            assertThat(reply.cacheStatus()).isEqualTo("none");
            assertThat(reply.header("hasten-not-cached")).contains(reason);
        }
    }

    @Test
    void theVerdictDoesNotDependOnParameters() {
        String sql = "SELECT CASE WHEN $1::bool THEN now() END";
        assertThat(CLIENT.cached(sql, false).cacheStatus()).isEqualTo("none");
        assertThat(CLIENT.cached(sql, true).cacheStatus()).isEqualTo("none");
        String folded = "SELECT * FROM recent WHERE $1::bool";
        assertThat(CLIENT.cached(folded, false).cacheStatus()).isEqualTo("none");
    }

    @Test
    void aParameterThatNamesTheCurrentTimeIsNotCached() {
        String sql = "SELECT $1::timestamptz";
        assertThat(CLIENT.cached(sql, "2024-01-01").cacheStatus()).isEqualTo("miss");
        assertThat(CLIENT.cached(sql, "now").cacheStatus()).isEqualTo("none");
        assertThat(CLIENT.cached(sql, "Yesterday10:00").cacheStatus()).isEqualTo("none");
        assertThat(CLIENT.cached(sql, "Yesterday 10:00").cacheStatus()).isEqualTo("none");
        assertThat(CLIENT.cached("SELECT $1::timestamptz[]", (Object) new String[] {"2024-01-01", "today"})
                        .cacheStatus())
                .isEqualTo("none");
    }

    @Test
    void aPolicyThatDependsOnTheUserIsDetected() {
        POSTGRES.execute(
                "DROP ROLE IF EXISTS limited_reader",
                "CREATE ROLE limited_reader LOGIN PASSWORD 'x'",
                "GRANT SELECT ON secured TO limited_reader");
        String url = POSTGRES.url();
        String limited = "postgresql://limited_reader:x@" + url.substring(url.lastIndexOf('@') + 1);
        try (TestServer other = TestServer.on(limited).start()) {
            Reply reply = new SqlClient(other.client()).cached("SELECT id FROM secured");
            assertThat(reply.cacheStatus()).as(reply.toString()).isEqualTo("none");
            assertThat(reply.header("hasten-not-cached")).contains("current_user");
        } finally {
            POSTGRES.execute("REVOKE ALL ON secured FROM limited_reader", "DROP ROLE limited_reader");
        }
    }

    @Test
    void aTemporaryTableIsNotCached() {
        try (TestServer single = TestServer.on(POSTGRES)
                .with("pool.size", 1)
                .with("pool.reset", "never")
                .start()) {
            SqlClient own = new SqlClient(single.client());
            assertThat(own.query("CREATE TEMP TABLE passing (id int)").status()).isEqualTo(200);
            Reply reply = own.cached("SELECT * FROM passing");
            assertThat(reply.cacheStatus()).as(reply.toString()).isEqualTo("none");
            assertThat(reply.header("hasten-not-cached")).contains("temporary");
        }
    }

    @Test
    void aCheckLeavesNothingBehindInTheSession() {
        try (TestServer single = TestServer.on(POSTGRES)
                .with("pool.size", 1)
                .with("pool.reset", "never")
                .start()) {
            SqlClient own = new SqlClient(single.client());
            for (String sql : new String[] {"SELECT 1", "SELECT * FROM nowhere", "SELECT 1/0", "SELECT now()"}) {
                own.cached(sql);
            }
            assertThat(own.value("SELECT count(*)::int FROM pg_prepared_statements WHERE name = 'hasten_proof'"))
                    .isEqualTo("0");
            assertThat(own.value("SHOW plan_cache_mode")).isEqualTo("\"auto\"");
        }
    }

    @Test
    void theVerdictIsCheckedAgainAfterASchemaChange() {
        POSTGRES.execute("CREATE VIEW moving AS SELECT 1 AS n");
        assertThat(CLIENT.cached("SELECT * FROM moving").cacheStatus()).isEqualTo("miss");
        POSTGRES.execute("DROP VIEW moving", "CREATE VIEW moving AS SELECT random() AS n");
        SERVER.database().schemaChanged("test");
        assertThat(CLIENT.cached("SELECT * FROM moving").cacheStatus()).isEqualTo("none");
    }
}
