package dev.hasten.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.postgresql.core.Field;
import org.postgresql.core.Oid;
import org.postgresql.core.Tuple;

/** Constant results in the format of PostgreSQL. */
public final class FixedResults {
    private FixedResults() {}

    /** A row for the recorded findUnique. */
    public static StatementResult user() {
        Field[] columns = {
            column("id", Oid.INT4),
            column("email", Oid.TEXT),
            column("name", Oid.TEXT),
            column("age", Oid.INT4),
            column("created_at", Oid.TIMESTAMP)
        };
        return of(columns, 1, n -> new String[] {
            "42", "user42@example.com", "User 42 of the benchmark of the benchmark", "62", "2026-11-22 10:20:30.123"
        });
    }

    /** 50 rows for the recorded findMany. */
    public static StatementResult posts() {
        Field[] columns = {
            column("id", Oid.INT4),
            column("title", Oid.TEXT),
            column("body", Oid.TEXT),
            column("published", Oid.BOOL),
            column("views", Oid.INT4),
            column("created_at", Oid.TIMESTAMP),
            column("author_id", Oid.INT4)
        };
        return of(columns, 50, n -> new String[] {
            Integer.toString(42 + n),
            "Post " + n + " of ten thousand",
            "Body " + n + " of the benchmark of the benchmark of the",
            n % 3 == 0 ? "f" : "t",
            Integer.toString(n * 7),
            timestamp(n),
            Integer.toString(4 + n / 10)
        });
    }

    /** 50 rows of the columns id, title, created_at and price: a number, a text, a time and a decimal. */
    public static StatementResult products() {
        Field[] columns = {
            column("id", Oid.INT4),
            column("title", Oid.TEXT),
            column("created_at", Oid.TIMESTAMP),
            column("price", Oid.NUMERIC)
        };
        return of(columns, 50, n -> new String[] {
            Integer.toString(1000 + n), "Product " + n + " of the catalogue", timestamp(n), n * 37 + ".50"
        });
    }

    private static String timestamp(int n) {
        return "2026-11-22 10:%02d:30.%03d".formatted(n, n * 20 + 1);
    }

    private static Field column(String name, int oid) {
        return new Field(name, oid);
    }

    private static StatementResult of(Field[] columns, int count, IntFunction<String[]> row) {
        List<Tuple> rows = new ArrayList<>(count);
        for (int n = 0; n < count; n++) {
            String[] texts = row.apply(n);
            byte[][] values = new byte[texts.length][];
            for (int i = 0; i < texts.length; i++) {
                values[i] = texts[i].getBytes(UTF_8);
            }
            rows.add(new Tuple(values));
        }
        return new StatementResult(Columns.of(columns), new Rows(rows), count, "SELECT " + count, 0);
    }
}
