package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.TestPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The event triggers can be printed, installed and removed, and repeating that does no harm. */
@Tag("integration")
final class InstallTriggersCommandTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    private static CommandRun run(String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "install-triggers";
        arguments[1] = "--set";
        arguments[2] = "databases.shop.url=" + POSTGRES.url();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return CommandRun.of(arguments);
    }

    private static String triggers() {
        return POSTGRES.value("SELECT string_agg(evtname, ' ' ORDER BY evtname) FROM pg_event_trigger");
    }

    @Test
    void withoutApplyTheSqlIsOnlyPrinted() {
        CommandRun printed = run();
        assertThat(printed.status()).isZero();
        assertThat(printed.out()).contains("CREATE EVENT TRIGGER hasten_ddl").endsWith("COMMIT;\n");
        assertThat(run("--remove").out()).contains("DROP EVENT TRIGGER IF EXISTS hasten_ddl");
        assertThat(triggers()).isEqualTo("null");
    }

    @Test
    void theyCanBeInstalledAndRemovedTwice() {
        for (int i = 0; i < 2; i++) {
            CommandRun installed = run("--apply");
            assertThat(installed.status()).as(installed.toString()).isZero();
            assertThat(installed.out()).isEqualTo("Event triggers of database shop: installed\n");
            assertThat(triggers()).isEqualTo("hasten_ddl hasten_drop");
        }
        // The triggers work.
        POSTGRES.execute("CREATE TABLE made (n int)", "DROP TABLE made", "CREATE TEMP TABLE passing (n int)");
        for (int i = 0; i < 2; i++) {
            assertThat(run("--apply", "--remove").out()).isEqualTo("Event triggers of database shop: removed\n");
            assertThat(triggers()).isEqualTo("null");
        }
    }

    @Test
    void aRoleThatMayNotCreateThemGetsTheReason() {
        POSTGRES.execute("DO $$ BEGIN CREATE ROLE no_triggers LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
        CommandRun refused = CommandRun.of(
                "install-triggers",
                "--apply",
                "--set",
                "databases.shop.url=" + POSTGRES.url().replaceFirst("//[^@]*@", "//no_triggers@"));
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).startsWith("hasten: database shop: ").contains("permission denied");
    }

    @Test
    void anUnknownDatabaseIsRefused() {
        CommandRun refused = run("--apply", "--database", "other");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("choose a database with --database: shop");
    }
}
