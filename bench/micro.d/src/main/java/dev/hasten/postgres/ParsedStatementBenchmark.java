package dev.hasten.postgres;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Parses a statement of 200 characters, as an app or another ORM writes it. */
@State(Scope.Benchmark)
public class ParsedStatementBenchmark {
    private String sql = """
            SELECT "p"."id", "p"."title", "p"."created_at", "u"."name" FROM "posts" AS "p" JOIN "users" AS "u" ON \
            "u"."id" = "p"."author_id" WHERE "p"."published" = $1 AND "u"."id" > $2 ORDER BY "p"."id" ASC LIMIT $3""";

    private final ParsedStatements texts = new ParsedStatements();

    @Benchmark
    public ParsedStatement scan() {
        return ParsedStatement.of(sql);
    }

    @Benchmark
    public ParsedStatement remembered() {
        return texts.of(sql);
    }
}
