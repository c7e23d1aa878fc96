package dev.hasten.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.deadline.Cancellation;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A proof finds every relation that a statement can write, or says that it does not know. */
@Tag("integration")
@Tag("postgres-version")
final class WriteProofTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE author (id int PRIMARY KEY, code text UNIQUE, name text)",
            "CREATE TABLE book (id int PRIMARY KEY, author_id int REFERENCES author ON DELETE CASCADE ON UPDATE CASCADE)",
            "CREATE TABLE page (id int, book_id int REFERENCES book ON DELETE CASCADE)",
            "CREATE TABLE prize (id int, code text REFERENCES author (code) ON DELETE SET NULL ON UPDATE CASCADE)",
            "CREATE TABLE strict (id int, author_id int REFERENCES author)",
            "CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at)",
            "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
            "CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
            "CREATE TABLE stamped (id int, updated_at timestamptz DEFAULT now(), key uuid DEFAULT gen_random_uuid())",
            "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN NEW.updated_at := now(); RETURN NEW; END; $$",
            "CREATE TRIGGER stamp BEFORE UPDATE ON stamped FOR EACH ROW EXECUTE FUNCTION stamp()",
            "CREATE TABLE audited (id int)",
            "CREATE TABLE audit (id int)",
            "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN INSERT INTO audit VALUES (NEW.id); RETURN NEW; END $$",
            "CREATE TRIGGER audit AFTER INSERT ON audited FOR EACH ROW EXECUTE FUNCTION audit()",
            "CREATE TABLE ruled (id int)",
            "CREATE RULE copy AS ON INSERT TO ruled DO ALSO INSERT INTO audit VALUES (NEW.id)",
            "CREATE VIEW author_view AS SELECT id, name FROM author",
            "CREATE VIEW odd_view AS SELECT 1 AS id",
            "CREATE TRIGGER instead INSTEAD OF INSERT ON odd_view FOR EACH ROW EXECUTE FUNCTION audit()",
            "CREATE FUNCTION writes() RETURNS int LANGUAGE sql AS 'INSERT INTO audit VALUES (1); SELECT 1'",
            "CREATE TABLE with_default (id int, n int DEFAULT writes())",
            "CREATE FUNCTION checks(int) RETURNS boolean LANGUAGE sql AS 'SELECT $1 > writes()'",
            "CREATE TABLE with_check (id int CHECK (checks(id)))",
            "CREATE TABLE moved_key (id int PRIMARY KEY, name text)",
            "CREATE TABLE follower (id int REFERENCES moved_key ON UPDATE CASCADE)",
            "CREATE FUNCTION move_key() RETURNS trigger LANGUAGE plpgsql AS"
                    + " $$ BEGIN NEW.id = NEW.id + 1; RETURN NEW; END $$",
            "CREATE TRIGGER move_key BEFORE UPDATE ON moved_key FOR EACH ROW EXECUTE FUNCTION move_key()",
            "CREATE SCHEMA second",
            "CREATE TABLE second.author (id int)");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    private static String written(String sql) {
        WriteProof writes = SERVER.database()
                .proofs()
                .of(ParsedStatement.of(sql), new Cancellation())
                .writes();
        return switch (writes) {
            case WriteProof.Nothing() -> "nothing";
            case WriteProof.Unknown() -> "unknown";
            case WriteProof.Relations(var ids) -> {
                List<String> names = new ArrayList<>();
                for (int i = 0; i < ids.size(); i++) {
                    names.add(POSTGRES.value("SELECT " + ids.get(i) + "::regclass"));
                }
                names.sort(null);
                yield String.join(" ", names);
            }
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "SELECT * FROM author => nothing",
                "SELECT now(), random(), nextval('x') => unknown",
                "SELECT now(), random(), gen_random_uuid() => nothing",
                "SELECT writes() => unknown",
                "SELECT * FROM author FOR UPDATE => nothing",
                "INSERT INTO author VALUES ($1, $2, $3) => author",
                "INSERT INTO second.author VALUES ($1) => second.author",
                "INSERT INTO author VALUES ($1, $2, $3), ($4, $5, $6) RETURNING id => author",
                "INSERT INTO author VALUES (1) ON CONFLICT DO NOTHING => author",
                "INSERT INTO author VALUES (1) ON CONFLICT (id) DO UPDATE SET name = 'x' => author",
                "INSERT INTO author VALUES (1) ON CONFLICT (id) DO UPDATE SET code = 'x' => author prize",
                "INSERT INTO author SELECT writes() => unknown",
                "UPDATE author SET name = $1 WHERE id = $2 => author",
                "UPDATE author SET name = (SELECT max(code) FROM author) WHERE code = $1 RETURNING code => author prize",
                "UPDATE author SET id = id + 1 => author book",
                "UPDATE author SET (name, code) = ('a', 'b') => author prize",
                "UPDATE author AS a SET \"code\" = $1 FROM book WHERE book.id = a.id => author prize",
                "DELETE FROM author WHERE id = $1 => author book page prize",
                "DELETE FROM book => book page",
                "DELETE FROM page => page",
                "WITH x AS (DELETE FROM page RETURNING id) SELECT * FROM x => page",
                "WITH x AS (DELETE FROM page RETURNING id) INSERT INTO audit SELECT * FROM x => audit page",
                "INSERT INTO parted VALUES (1, $1) => parted parted_1 parted_2",
                "UPDATE parted SET at = $1 WHERE at = '2024-05-05' => parted parted_1 parted_2",
                "DELETE FROM parted_1 => parted_1",
                "UPDATE stamped SET id = 1 => stamped",
                "INSERT INTO stamped (id) VALUES (1) => stamped",
                "INSERT INTO audited VALUES (1) => unknown",
                "INSERT INTO ruled VALUES (1) => unknown",
                "UPDATE author_view SET name = 'x' => author author_view book prize",
                "INSERT INTO odd_view VALUES (1) => unknown",
                "INSERT INTO with_default (id) VALUES (1) => unknown",
                "INSERT INTO with_check VALUES (1) => unknown",
                "UPDATE moved_key SET name = 'x' => follower moved_key",
                "TRUNCATE author => unknown",
                "DO 'BEGIN END' => unknown",
                "EXPLAIN ANALYZE DELETE FROM page => unknown",
                "DELETE FROM nowhere => unknown",
                "DELETE FROM page; DELETE FROM audit => unknown",
            })
    void everyWrittenRelationIsFound(String sql, String relations) {
        assertThat(written(sql)).isEqualTo(relations);
    }

    @Test
    void mergeMayInsertUpdateAndDelete() {
        if (POSTGRES.version() >= 15) {
            assertThat(written(
                            "MERGE INTO author a USING book b ON a.id = b.id WHEN MATCHED THEN UPDATE SET code = 'x'"))
                    .isEqualTo("author book page prize");
        }
    }

    @Test
    void nothingIsWrittenByTheProofItself() {
        written("INSERT INTO audit VALUES (4711)");
        assertThat(POSTGRES.value("SELECT count(*) FROM audit WHERE id = 4711")).isEqualTo("0");
    }
}
