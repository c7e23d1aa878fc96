package dev.hasten.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The tests run on the requested version of PostgreSQL. */
@Tag("integration")
@Tag("postgres-version")
final class TestPostgresTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @Test
    void versionIsTheRequestedOne() {
        String wanted = System.getProperty("hasten.test.postgres", "");
        assumeThat(wanted).isNotEmpty();
        assertThat(POSTGRES.version()).isEqualTo(Integer.parseInt(wanted));
    }

    @Test
    void databaseIsEmpty() {
        assertThat(POSTGRES.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
                .isEqualTo("0");
    }
}
