package dev.hasten.bench.setup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.bench.http.Target;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables that the scenarios ask for. They are made and dropped through the server under load, by SQL, so that nothing
 * but its URL is needed. No other table is ever touched: a table of such a name counts as ours only if its comment says so.
 */
public final class BenchTables implements AutoCloseable {
    /** Rows of hasten_bench_user, with the ids from 1. */
    public static final int USERS = 1_000;

    /** Rows of hasten_bench_post that each user has; user u has those that end with 10 u. */
    public static final int POSTS_OF_USER = 10;

    private static final List<String> NAMES = List.of("hasten_bench_event", "hasten_bench_post", "hasten_bench_user");
    private static final String OURS = "made by hasten bench";

    private final ServerClient server;

    public BenchTables(Target target) {
        this.server = new ServerClient(target);
    }

    /**
     * Makes them, in place of those that an earlier run may have left.
     *
     * @param tag of cached answers about them, which are forgotten
     * @throws IOException when they cannot be made, or others have their names
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
     * Drops those that are ours.
     *
     * @throws IOException when that fails, or others have their names
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
                        + " that `hasten bench` did not make, and will not touch: rename it, or use another database");
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
                throw new IOException("there is no resource tables.sql");
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
