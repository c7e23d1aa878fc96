package dev.hasten.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.Uncached;
import dev.hasten.deadline.Cancellation;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A proof finds every relation that a statement reads, and the most serious reason why it must not be cached. */
@Tag("integration")
@Tag("postgres-version")
final class ReadProofTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE plain (id int PRIMARY KEY, at timestamptz, \"date\" text, stamped text, tags text[])",
            "CREATE TABLE other (id int PRIMARY KEY, plain_id int REFERENCES plain)",
            "CREATE VIEW inner_view AS SELECT id FROM plain WHERE id > 0",
            "CREATE VIEW outer_view AS SELECT i.id FROM inner_view i JOIN other o USING (id)",
            "CREATE VIEW clock_view AS SELECT id FROM plain WHERE at > now()",
            "CREATE VIEW keyword_view AS SELECT id FROM plain WHERE at > current_timestamp",
            "CREATE VIEW user_view AS SELECT id FROM plain WHERE stamped = current_user",
            "CREATE MATERIALIZED VIEW stored AS SELECT count(*) AS n FROM plain",
            "CREATE UNLOGGED TABLE fast (id int)",
            "CREATE SEQUENCE numbers",
            "CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at)",
            "CREATE TABLE parted_2024 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
            "CREATE TABLE parted_2025 PARTITION OF parted FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
            "CREATE TABLE parent (id int)",
            "CREATE TABLE child () INHERITS (parent)",
            "CREATE TABLE secured (id int, owner int)",
            "CREATE TABLE members (id int)",
            "ALTER TABLE secured ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY members_only ON secured USING (owner IN (SELECT id FROM members))",
            "CREATE TABLE tenants (id int, tenant text)",
            "ALTER TABLE tenants ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY own ON tenants USING (tenant = current_setting('app.tenant', true))",
            "DO $$ BEGIN CREATE ROLE proof_reader LOGIN; EXCEPTION WHEN duplicate_object THEN END $$",
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO proof_reader",
            "CREATE DOMAIN moment AS timestamptz",
            "CREATE DOMAIN moments AS moment[]",
            "CREATE TYPE visit AS (place text, at moment)",
            "CREATE FUNCTION stable_count() RETURNS bigint STABLE LANGUAGE sql AS 'SELECT count(*) FROM plain'",
            "CREATE FUNCTION stable_user() RETURNS text STABLE LANGUAGE sql AS 'SELECT current_user::text'",
            "CREATE FUNCTION stable_setting() RETURNS text STABLE LANGUAGE plpgsql AS"
                    + " 'BEGIN RETURN current_setting(''a.b'', true); END'",
            "CREATE FUNCTION stable_nested() RETURNS text STABLE LANGUAGE sql AS 'SELECT stable_setting()'",
            "CREATE FUNCTION stable_dynamic() RETURNS int STABLE LANGUAGE plpgsql AS"
                    + " 'DECLARE n int; BEGIN EXECUTE ''SELECT 1'' INTO n; RETURN n; END'",
            "CREATE FUNCTION stable_of_view() RETURNS bigint STABLE LANGUAGE sql AS 'SELECT count(*) FROM user_view'",
            "CREATE FUNCTION volatile_one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE FUNCTION volatile_writer() RETURNS int LANGUAGE sql AS 'DELETE FROM other; SELECT 1'",
            "CREATE FUNCTION volatile_wait() RETURNS int LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN 1; END'",
            "CREATE VIEW stable_view AS SELECT stable_count() AS n",
            "CREATE VIEW session_view AS SELECT stable_setting() AS n",
            // A trigger function with the name of a column must not matter.
            "CREATE FUNCTION stamped() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    @RegisterExtension
    static final TestServer READER = TestServer.on(POSTGRES, "proof_reader");

    private static ReadProof proof(TestServer server, String sql) {
        return server.database()
                .proofs()
                .of(ParsedStatement.of(sql), new Cancellation())
                .reads();
    }

    private static String relations(ReadProof proof) {
        return String.join(
                " ", proof.relations().stream().map(Relation::name).sorted().toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            nullValues = "nothing",
            value = {
                "SELECT 1 => ''",
                "SELECT * FROM plain => plain",
                "SELECT 1 FROM plain WHERE false => plain",
                "SELECT p.id FROM plain p LEFT JOIN other o ON o.id = p.id => other plain",
                "SELECT * FROM outer_view => inner_view other outer_view plain",
                "SELECT * FROM stored => stored",
                "SELECT * FROM fast => fast",
                "SELECT * FROM parted => parted parted_2024 parted_2025",
                "SELECT * FROM parted WHERE at = $1 => parted parted_2024 parted_2025",
                "SELECT * FROM parted WHERE at = '2024-05-05' => parted parted_2024",
                "SELECT * FROM parent => child parent",
                "SELECT * FROM ONLY parent => parent",
                "WITH x AS (SELECT * FROM other) SELECT * FROM plain WHERE id IN (SELECT id FROM x) => other plain",
                "SELECT id FROM plain WHERE id IN ($1, $2, $3) => plain",
                "SELECT id, \"date\", p.stamped FROM plain p WHERE 'now' <> ALL (tags) OR true => plain",
            })
    void everyRelationIsADependency(String sql, String relations) {
        if (sql.contains("'now'")) {
            // Every string with such a word could be converted to a time.
            assertThat(proof(SERVER, sql).uncached()).isNotNull();
            return;
        }
        ReadProof proof = proof(SERVER, sql);
        assertThat(proof.uncached()).isNull();
        assertThat(relations(proof)).isEqualTo(relations);
    }

    @Test
    void tablesInPoliciesAreDependencies() {
        assertThat(relations(proof(READER, "SELECT * FROM secured"))).isEqualTo("members secured");
        assertThat(relations(proof(SERVER, "SELECT * FROM secured")))
                .as("for the owner, the policy does not apply")
                .isEqualTo("secured");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "SELECT * FROM clock_view => TIME",
                "SELECT * FROM keyword_view => TIME",
                "SELECT * FROM user_view => SESSION",
                "SELECT now(), current_user => SESSION",
                "SELECT random(), now() => TIME",
                "SELECT gen_random_uuid() => RANDOM",
                "SELECT volatile_one() => FUNCTION",
                "SELECT volatile_wait() => FUNCTION",
                "SELECT volatile_writer(), now() => VOLATILE_FUNCTION",
                "SELECT nextval('numbers') => VOLATILE_FUNCTION",
                "SELECT last_value FROM numbers => SEQUENCE",
                "SELECT stable_count() => FUNCTION",
                "SELECT * FROM stable_view => FUNCTION",
                "SELECT stable_user() => SESSION",
                "SELECT stable_setting() => SESSION",
                "SELECT stable_nested() => SESSION",
                "SELECT stable_dynamic() => SESSION",
                "SELECT stable_of_view() => SESSION",
                "SELECT * FROM session_view => SESSION",
                "SELECT * FROM plain FOR UPDATE => NOT_A_READ",
                "INSERT INTO plain (id) VALUES ($1) RETURNING id => NOT_A_READ",
                "WITH x AS (DELETE FROM plain RETURNING id) SELECT * FROM x => NOT_A_READ",
                "SELECT relname FROM pg_class => CATALOG",
                "SELECT 1; SELECT 2 => NOT_A_READ",
                "SELECT * FROM nowhere => NOT_PROVED",
                "SELECT U&\"\\0072andom\"() => NOT_PROVED",
            })
    void theMostSeriousReasonIsNamed(String sql, Uncached.Reason reason) {
        assertThat(proof(SERVER, sql).uncached())
                .isNotNull()
                .extracting(Uncached::reason)
                .isEqualTo(reason);
    }

    @Test
    void aPolicyThatDependsOnTheSessionPreventsCaching() {
        assertThat(proof(READER, "SELECT * FROM tenants").uncached())
                .isNotNull()
                .extracting(Uncached::reason)
                .isEqualTo(Uncached.Reason.SESSION);
        assertThat(proof(SERVER, "SELECT * FROM tenants").uncached()).isNull();
    }

    /** The catalog decides whether text such as {@code now} can become a time. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "SELECT $1::text => false",
                "SELECT id FROM plain WHERE stamped = $1 => false",
                "SELECT id FROM plain WHERE $1 = ANY (tags) => false",
                "SELECT id FROM plain WHERE at > $1 => true",
                "SELECT $1::date => true",
                "SELECT $1::time => true",
                "SELECT $1::text::timestamp => true",
                "SELECT $1::timestamptz[] => true",
                "SELECT $1::_timestamptz => true",
                "SELECT $1::tstzrange => true",
                "SELECT $1::tstzmultirange => true",
                "SELECT $1::daterange => true",
                "SELECT $1::moment => true",
                "SELECT $1::moments => true",
                "SELECT $1::visit => true",
                "SELECT $1::int4range => false",
                "SELECT id FROM outer_view WHERE id = $1 => true",
            })
    void timeDependentTypesAreFoundInTheCatalog(String sql, boolean readsClock) {
        assertThat(proof(SERVER, sql).readsClock()).isEqualTo(readsClock);
    }
}
