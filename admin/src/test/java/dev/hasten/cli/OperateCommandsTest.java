package dev.hasten.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.admin.AdminServer;
import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.Plans;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands for a running server. */
@Tag("integration")
class OperateCommandsTest {
    private static final String TOKEN = "0123456789abcdef-of-the-test";

    /** Runs a command in a pseudo-terminal, sends Ctrl-C after its second screen, and prints what it has written. */
    private static final String IN_TERMINAL = """
            import os, pty, select, signal, sys, time
            pid, terminal = pty.fork()
            if pid == 0:
                # A test that runs in the background may ignore Ctrl-C, and would pass this on.
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                os.execvp(sys.argv[1], sys.argv[1:])
            seen, end, stopped = b'', time.time() + 60, False
            while time.time() < end:
                if select.select([terminal], [], [], 0.2)[0]:
                    try:
                        part = os.read(terminal, 65536)
                    except OSError:
                        break
                    seen += part
                    if seen.count(b'\\x1b[H') >= 2 and not stopped:
                        stopped = True
                        os.write(terminal, b'\\x03')
            _, status = os.waitpid(pid, 0)
            sys.stdout.buffer.write(seen)
            """;

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

    @BeforeEach
    void fill() {
        sql("SELECT count(*) FROM item");
        sql("SELECT count(*) FROM item");
    }

    private static Reply sql(String sql) {
        return SERVER.client()
                .post(
                        "/sql",
                        ("{\"query\":\"" + sql + "\",\"params\":[]}").getBytes(UTF_8),
                        Map.of("cache-control", "max-age=60", "accelerate-cache-tags", "items"));
    }

    private List<String> arguments(String... arguments) {
        return CommandRun.arguments(admin, TOKEN, POSTGRES.url(), stateDir, arguments);
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(arguments(arguments).toArray(String[]::new));
    }

    @Test
    void statusIsOneScreenWithoutColorsOutsideOfATerminal() {
        CommandRun status = run("status");
        assertThat(status.err()).isEmpty();
        assertThat(status.status()).isZero();
        assertThat(status.out())
                .contains("requests/s", "p99", "DATABASE", "default", "SELECT count(*) FROM item")
                .doesNotContain("\u001b");
        assertThat(status.out().lines().count()).isLessThan(40);
    }

    @Test
    void statusAndTopPrintJson() {
        JsonNode status = JsonMapper.shared().readTree(run("status", "--json").out());
        assertThat(status.at("/status/version").isString()).isTrue();
        assertThat(status.at("/pools/0/database").stringValue()).isEqualTo("default");
        CommandRun top = run("top", "--json", "--updates", "2", "--interval", "100ms");
        assertThat(top.status()).isZero();
        assertThat(top.out().lines())
                .hasSize(2)
                .allSatisfy(
                        line -> assertThat(JsonMapper.shared().readTree(line).has("insights"))
                                .isTrue());
    }

    @Test
    void responsesAreInvalidatedByTagTableModelAndAsAWhole() {
        for (List<String> what : List.of(
                List.of("--tag", "items"),
                List.of("--table", "item"),
                List.of("--table", "public.item"),
                List.of("--all"))) {
            sql("SELECT count(*) FROM item");
            assertThat(sql("SELECT count(*) FROM item").cacheStatus()).isEqualTo("ttl");
            List<String> arguments = new ArrayList<>(List.of("invalidate"));
            arguments.addAll(what);
            CommandRun invalidated = run(arguments.toArray(String[]::new));
            assertThat(invalidated.err()).isEmpty();
            assertThat(invalidated.status()).isZero();
            assertThat(invalidated.out()).startsWith("Invalidated ").endsWith("of the database default.\n");
            assertThat(sql("SELECT count(*) FROM item").cacheStatus())
                    .as(what.toString())
                    .isEqualTo("miss");
        }
        Client client = SERVER.client();
        client.cachedQuery(plan(), "max-age=60");
        assertThat(client.cachedQuery(plan(), "max-age=60").cacheStatus()).isEqualTo("ttl");
        assertThat(run("invalidate", "--model", "Item", "--json").out()).contains("\"default\"");
        assertThat(client.cachedQuery(plan(), "max-age=60").cacheStatus()).isEqualTo("miss");
    }

    private static Map<String, ?> plan() {
        return Plans.query("SELECT \"id\" FROM \"item\"");
    }

    @Test
    void mistakesOfInvalidateAreExplainedInTwoLines() {
        CommandRun unknown = run("invalidate", "--table", "missing");
        assertThat(unknown.status()).isEqualTo(1);
        assertThat(unknown.err())
                .contains("there is no table missing in the database")
                .hasLineCount(1);
        CommandRun nothing = run("invalidate");
        assertThat(nothing.status()).isEqualTo(2);
        assertThat(nothing.err()).hasLineCount(2).contains("Run `hasten invalidate --help` for the usage.");
        assertThat(run("invalidate", "--all", "--tag", "a").status()).isEqualTo(2);
    }

    @Test
    void topUsesTheScreenOfATerminalAndRestoresIt() throws IOException, InterruptedException {
        Path script = Files.writeString(stateDir.resolve("terminal.py"), IN_TERMINAL);
        List<String> command = new ArrayList<>(List.of(
                "python3",
                script.toString(),
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.hasten.cli.HastenCli"));
        command.addAll(arguments("top", "--interval", "200ms"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(stateDir.resolve("screen").toFile())
                .start();
        assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        String screen = Files.readString(stateDir.resolve("screen"));
        assertThat(screen)
                .startsWith("\u001b[?1049h")
                .contains("\u001b[1mhasten ", "DATABASE", "default")
                .endsWith("\u001b[?1049l");
    }

    @Test
    void completionKnowsAllCommands() {
        CommandRun completion = CommandRun.of("completion");
        assertThat(completion.status()).isZero();
        assertThat(completion.out())
                .startsWith("#!/usr/bin/env bash")
                .contains("serve", "invalidate", "rotate", "--requests-per-second");
    }

    @Test
    void noHelpHasPatternsOrDoubledPercentSigns() {
        for (String command : List.of(
                "serve",
                "demo",
                "bench",
                "keys",
                "status",
                "top",
                "invalidate",
                "migrated",
                "explain",
                "install-triggers",
                "check-config",
                "completion")) {
            assertThat(CommandRun.of(command, "--help").out()).as(command).doesNotContain("%%", "\\s");
        }
        for (String command : List.of("create", "list", "rotate", "revoke")) {
            assertThat(CommandRun.of("keys", command, "--help").out())
                    .as(command)
                    .doesNotContain("%%", "\\s");
        }
        assertThat(CommandRun.of("bench", "compare", "--help").out())
                .contains("95%")
                .doesNotContain("%%");
    }
}
