package dev.hasten.bench.setup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.bench.http.Target;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of the scenarios. They are created and dropped with SQL through the server under test, so that only its
 * URL is needed. Other tables are never modified: a table with one of the names is used only if its comment marks it as
 * created by the bench.
 */
public final class BenchTables implements AutoCloseable {
    /** Number of rows of hasten_bench_user; ids start at 1. */
    public static final int USERS = 1_000;

    /** Number of rows of hasten_bench_post per user. The posts of user u have the ids 10 (u - 1) + 1 to 10 u. */
    public static final int POSTS_OF_USER = 10;

    private static final List<String> NAMES = List.of("hasten_bench_event", "hasten_bench_post", "hasten_bench_user");
    private static final String OURS = "made by hasten bench";

    private final ServerClient server;

    public BenchTables(Target target) {
        this.server = new ServerClient(target);
    }

    /**
     * Creates the tables and replaces those left by an earlier run.
     *
     * @param tag tag of cached responses from the tables, which are invalidated
     * @throws IOException if the tables cannot be created, or other tables have their names
     */
    public void create(String tag) throws IOException, InterruptedException {
        drop();
        try {
            for (String statement : statements()) {
                server.execute(statement);
            }
            server.invalidate(tag);
        } catch (IOException | InterruptedException e) {
            try {
                drop();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /**
     * Drops the tables that were created by the bench.
     *
     * @throws IOException if that fails, or other tables have their names
     */
    public void drop() throws IOException, InterruptedException {
        List<List<String>> found = server.query(
                """
                SELECT c.relname::text, coalesce(obj_description(c.oid, 'pg_class'), '')
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'public' AND c.relname IN (%s) ORDER BY 1
                """.formatted(NAMES.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "))));
        for (List<String> table : found) {
            if (!OURS.equals(table.get(1))) {
                throw new IOException("the database has a table " + table.getFirst()
                        + " that `hasten bench` did not create and therefore does not drop; rename it or use"
                        + " another database");
            }
        }
        if (!found.isEmpty()) {
            server.execute("DROP TABLE "
                    + found.stream().map(table -> "public." + table.getFirst()).collect(Collectors.joining(", ")));
        }
    }

    private static List<String> statements() throws IOException {
        try (InputStream in = BenchTables.class.getResourceAsStream("/dev/hasten/bench/tables.sql")) {
            if (in == null) {
                throw new IOException("missing resource tables.sql");
            }
            return Stream.of(new String(in.readAllBytes(), UTF_8).split(";\\R", -1))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
