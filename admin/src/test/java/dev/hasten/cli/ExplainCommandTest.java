package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.admin.AdminServer;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The command prints the explanation of a running server. */
@Tag("integration")
class ExplainCommandTest {
    private static final String TOKEN = "0123456789abcdef-of-the-test";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int PRIMARY KEY, name text)");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES)
            .with("admin_port", 0)
            .with("admin_token", TOKEN)
            .with("databases.default.cache.invalidation", "writes");

    private static AdminServer admin;

    @TempDir
    private Path stateDir;

    @BeforeAll
    static void start() {
        admin = AdminServer.start(SERVER.server());
    }

    @AfterAll
    static void stop() {
        admin.close();
    }

    private CommandRun explain(String... arguments) {
        List<String> all = new ArrayList<>(List.of("explain"));
        all.addAll(List.of(arguments));
        return CommandRun.of(CommandRun.arguments(admin, TOKEN, POSTGRES.url(), stateDir, all.toArray(String[]::new))
                .toArray(String[]::new));
    }

    private static Reply read() {
        return SERVER.client().post("/sql", """
                {"query":"SELECT name FROM item","params":[],"cacheStrategy":{"ttl":60,"tags":["items"]}}""");
    }

    @Test
    void aRequestIsFoundByItsId() {
        Reply reply = read();

        CommandRun run = explain(reply.header("cf-ray"));

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .containsPattern("request +" + reply.header("x-request-id") + " at 20")
                .containsPattern("cacheable +yes\n")
                .containsPattern("stored +yes: read 20.* kept for 60 s, \\d+ bytes")
                .containsPattern("reads +public.item \\(table\\)\n")
                .containsPattern("tag +items\n");
        assertThat(explain(reply.header("accelerate-signature")).out()).isEqualTo(run.out());
    }

    @Test
    void aStatementIsExplained() {
        CommandRun run = explain("SELECT now(), name FROM item");

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .containsPattern("cacheable +no: uses the function now, which is not immutable \\(time\\)\n");
        assertThat(explain("--json", "INSERT INTO item VALUES (1, 'a')").out())
                .satisfies(json -> assertThat(JsonMapper.shared()
                                .readTree(json)
                                .at("/statement/written/0")
                                .asString())
                        .isEqualTo("public.item"));
    }

    @Test
    void mistakesAreExplained() {
        CommandRun nothing = explain("what");
        assertThat(nothing.status()).isEqualTo(1);
        assertThat(nothing.err()).contains("Unknown request");

        CommandRun unknown = explain("0123456789abcdef");
        assertThat(unknown.status()).isEqualTo(1);
        assertThat(unknown.err()).contains("Unknown request: it is not among the latest 10000 requests");

        CommandRun database = explain("--database", "other", "SELECT 1");
        assertThat(database.status()).isEqualTo(1);
        assertThat(database.err()).contains("unknown database other; known databases: default");
    }
}
