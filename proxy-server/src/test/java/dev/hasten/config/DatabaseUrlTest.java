package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.config.DatabaseUrl.Host;
import dev.hasten.config.DatabaseUrl.SslMode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

class DatabaseUrlTest {
    @Test
    void allPartsAreParsed() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://ann:pw@db.example:6543/app?schema=sales&sslmode=require"
                + "&connect_timeout=3&socket_timeout=7&application_name=my+app&pgbouncer=true");
        assertThat(url.user()).isEqualTo("ann");
        assertThat(url.password()).isEqualTo(new Secret("pw"));
        assertThat(url.hosts()).containsExactly(new Host("db.example", 6543));
        assertThat(url.database()).isEqualTo("app");
        assertThat(url.schema()).isEqualTo("sales");
        assertThat(url.sslMode()).isEqualTo(SslMode.REQUIRE);
        assertThat(url.connectTimeout()).contains(Duration.ofSeconds(3));
        assertThat(url.socketTimeout()).contains(Duration.ofSeconds(7));
        assertThat(url.parameters()).containsEntry("application_name", "my app");
        assertThat(url.pgbouncer()).isTrue();
        assertThat(url.warnings()).isEmpty();
    }

    @Test
    void omittedPartsHaveDefaults() {
        DatabaseUrl url = DatabaseUrl.parse("postgres://ann@h");
        assertThat(url.password()).isNull();
        assertThat(url.hosts()).containsExactly(new Host("h", 5432));
        assertThat(url.database()).isEqualTo("postgres");
        assertThat(url.schema()).isNull();
        assertThat(url.sslMode()).isEqualTo(SslMode.PREFER);
        assertThat(url.connectTimeout()).isEmpty();
        assertThat(url.pgbouncer()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "p%40ss%2Fw%3Ard | p@ss/w:rd",
                "a+b | a+b",
                "a:b | a:b",
                "%C3%A4 | ä",
                "100%25 | 100%",
                "a@b | a@b",
                "'%27 | ''",
            })
    void passwordsArePercentDecoded(String written, String password) {
        DatabaseUrl url = DatabaseUrl.parse("postgres://u:" + written + "@h/d");
        assertThat(url.password()).isEqualTo(new Secret(password));
        assertThat(url.toJdbcProperties().properties()).containsEntry("password", password);
    }

    @Test
    void severalHostsAndIpv6AddressesAreKeptInOrder() {
        DatabaseUrl url = DatabaseUrl.parse("postgres://u@[::1]:5433,h2,[fe80::1]/d?target_session_attrs=read-write");
        assertThat(url.hosts())
                .containsExactly(new Host("[::1]", 5433), new Host("h2", 5432), new Host("[fe80::1]", 5432));
        JdbcTarget target = url.toJdbcProperties();
        assertThat(target.url()).isEqualTo("jdbc:postgresql://[::1]:5433,h2:5432,[fe80::1]:5432/d");
        assertThat(target.properties()).containsEntry("targetServerType", "primary");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mysql://u:s3cret@h/d | it must start with postgresql:// or postgres://",
                "'' | it must start with postgresql:// or postgres://",
                "s3cret | it must start with postgresql:// or postgres://",
                "postgres://u:s3cret#x@h/d | it contains a #",
                "postgres://u:s3c/ret@h/d | it has an unexpected @ after the first / or ?",
                "postgres://u:1?s3cret@h/d | it has an unexpected @ after the first / or ?",
                "postgres://u:p@s3cret/x@h/d | it has an unexpected @ after the first / or ?",
                "postgres://u:s3cret%zz@h/d | the password contains a % that is not followed by two hex digits; write"
                        + " it as %25",
                "postgres://u:s3cret%@h/d | the password contains a % that is not followed by two hex digits; write it"
                        + " as %25",
                "postgres://h/d | it has no user",
                "postgres://:s3cret@h/d | it has no user",
                "postgres://u:s3cret@/d | it has no host",
                "postgres://u:s3cret@h,/d | it has no host",
                "postgres://u:s3cret@h:0/d | a port is invalid; use a number from 1 to 65535",
                "postgres://u:s3cret@h:65536/d | a port is invalid; use a number from 1 to 65535",
                "postgres://u:s3cret@h:x/d | a port is invalid; use a number from 1 to 65535",
                "postgres://u:s3cret@::1/d | put an IPv6 address in brackets, as in [::1]",
                "postgres://u:s3cret@[::1/d | a host is invalid; use a name, an address or",
                "postgres://u:s3cret@a b/d | a host name contains an invalid character",
                "postgres://u:s3cret@h/a/b | the database name contains a /",
                "postgres://u:s3cret@%2Fvar%2Frun/d | Unix sockets are not supported",
                "postgres://u:s3cret@localhost/d?host=/var/run | Unix sockets are not supported",
                "postgres://u:s3cret@h/d?connection_limit=0 | parameter connection_limit must be a number from 1",
                "postgres://u:s3cret@h/d?pool_timeout=10s | parameter pool_timeout must be a number of seconds",
                "postgres://u:s3cret@h/d?sslmode=on | parameter sslmode must be disable, allow, prefer, require",
                "postgres://u:s3cret@h/d?pgbouncer=1 | parameter pgbouncer must be true or false",
                "postgres://u:s3cret@h/d?schema= | parameter schema must be a schema name",
                "postgres://u:s3cret@h/d?sslkey=k.pem | sslkey requires sslcert",
                "postgres://u:s3cret@h/d?sslcert=c.pem&sslrootcert=r.pem | sslcert requires sslkey",
                "postgres://u:s3cret@h/d?sslkey=k.p12&sslidentity=i.p12 | set only one of them",
                "postgres://u:s3cret@h/d?sslidentity=i.p12&sslmode=verify-full | sslrootcert is required",
            })
    void aWrongUrlIsExplainedWithoutItsPassword(String url, String problem) {
        assertThatThrownBy(() -> DatabaseUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("; the format is postgresql://user:password@host:5432/database")
                .hasMessageContaining(problem)
                .message()
                .doesNotContain("s3c");
    }

    @Test
    void allProblemsOfAUrlAreReportedTogether() {
        assertThatThrownBy(() -> DatabaseUrl.parse("postgres://h:x/d?sslmode=on&pgbouncer=1"))
                .message()
                .contains("has no user", "a port", "sslmode", "pgbouncer");
    }

    @Test
    void anUnknownParameterIsAWarningThatDoesNotShowItsValue() {
        DatabaseUrl url = DatabaseUrl.parse("postgres://u@h/d?foo=s3cret&schema=x&bar");
        assertThat(url.warnings())
                .containsExactly("parameter foo is unknown and is ignored", "parameter bar is unknown and is ignored");
        assertThat(url.toString()).isEqualTo("postgresql://u@h:5432/d?schema=x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgres://u:s3cret@h/d | postgresql://u:****@h:5432/d",
                "postgres://u@h | postgresql://u@h:5432/postgres",
                "postgres://a%40b:s3cret@h/a%20b | postgresql://a%40b:****@h:5432/a%20b",
                "postgres://u@h/d?sslpassword=s3cret&options=-c%20a=b | "
                        + "postgresql://u@h:5432/d?options=-c%20a%3Db&sslpassword=****",
            })
    void theTextOfAUrlMasksItsPasswords(String url, String shown) {
        assertThat(DatabaseUrl.parse(url)).hasToString(shown);
    }

    @Test
    void theTargetForTheDriverDoesNotShowThePassword() {
        assertThat(DatabaseUrl.parse("postgres://u:s3cret@h/d").toJdbcProperties())
                .hasToString("jdbc:postgresql://h:5432/d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | prefer | ''",
                "sslmode=disable | disable | ''",
                "sslmode=prefer | prefer | ''",
                "sslmode=require | require | ''",
                "sslmode=no-verify&sslrootcert=/r.pem | require | ''",
                "sslmode=require&sslrootcert=/r.pem | verify-ca | ''",
                "sslmode=verify-ca&sslrootcert=/r.pem | verify-ca | ''",
                "sslmode=verify-full&sslrootcert=/r.pem | verify-full | ''",
                "sslmode=verify-full | verify-full | org.postgresql.ssl.DefaultJavaSSLFactory",
                "sslmode=require&sslrootcert=system | verify-full | org.postgresql.ssl.DefaultJavaSSLFactory",
                "sslmode=require&sslaccept=strict | verify-full | org.postgresql.ssl.DefaultJavaSSLFactory",
                "sslmode=disable&sslaccept=strict | disable | ''",
                "sslmode=require&sslaccept=accept_invalid_certs | require | ''",
            })
    void sslModesHaveTheMeaningOfLibpqAndPrisma(String query, String mode, String factory) {
        Properties properties = DatabaseUrl.parse("postgres://u@h/d?" + query)
                .toJdbcProperties()
                .properties();
        assertThat(properties.getProperty("sslmode")).isEqualTo(mode);
        assertThat(properties.getProperty("sslfactory", "")).isEqualTo(factory);
    }

    @Test
    void aClientCertificateIsPassedOn() {
        Properties pem = DatabaseUrl.parse("postgres://u@h/d?sslcert=/c.pem&sslkey=/k.pem&sslpassword=pw")
                .toJdbcProperties()
                .properties();
        assertThat(pem)
                .containsEntry("sslcert", "/c.pem")
                .containsEntry("sslkey", "/k.pem")
                .containsEntry("sslpassword", "pw");
        Properties pkcs12 = DatabaseUrl.parse("postgres://u@h/d?sslidentity=/i.p12")
                .toJdbcProperties()
                .properties();
        assertThat(pkcs12).containsEntry("sslkey", "/i.p12").doesNotContainKey("sslcert");
    }

    @Test
    void aCertificateWithoutKeyIsTheTrustedAuthorityAsInPrisma() {
        DatabaseUrl url = DatabaseUrl.parse("postgres://u@h/d?sslmode=require&sslcert=/server.pem");
        assertThat(url.toJdbcProperties().properties())
                .containsEntry("sslrootcert", "/server.pem")
                .containsEntry("sslmode", "verify-ca")
                .doesNotContainKey("sslcert");
        assertThat(url.warnings()).singleElement().asString().contains("treated as the root certificate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"sales | \"sales\"", "My%20Schema | \"My Schema\"", "a%22b | \"a\"\"b\"", "a,b | \"a,b\""})
    void theSchemaIsQuotedForTheSearchPath(String written, String searchPath) {
        assertThat(DatabaseUrl.parse("postgres://u@h/d?schema=" + written)
                        .toJdbcProperties()
                        .properties())
                .containsEntry("currentSchema", searchPath);
    }

    @Test
    void withPgbouncerTheDriverPreparesNothingOnTheServer() {
        assertThat(DatabaseUrl.parse("postgres://u@h/d?pgbouncer=true")
                        .toJdbcProperties()
                        .properties())
                .containsEntry("prepareThreshold", "0");
        assertThat(DatabaseUrl.parse("postgres://u@h/d").toJdbcProperties().properties())
                .doesNotContainKey("prepareThreshold");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", "my app", "a+b", "a%b", "ä", "a?b", "a/b"})
    void theDriverReadsTheSameDatabaseName(String database) {
        DatabaseUrl url = new DatabaseUrl("u", null, List.of(new Host("h", 1)), database, Map.of(), List.of());
        Properties parsed = Driver.parseURL(url.toJdbcProperties().url(), new Properties());
        assertThat(parsed).isNotNull().containsEntry("PGDBNAME", database).containsEntry("PGHOST", "h");
    }
}
