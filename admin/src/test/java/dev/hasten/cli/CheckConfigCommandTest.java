package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckConfigCommandTest {
    @ParameterizedTest
    @CsvSource({
        "--http.max_body_bytes,1mb,max_body_bytes: 1mb # command line",
        "--port,5000,port: 5000 # command line",
        "--databases.my-app.url,postgresql://u@h/d,url: postgresql://u@h:5432/d # command line",
        "--tls.dev,true,dev: true # command line",
    })
    void pathOfAKeyIsAFlag(String flag, String value, String line) {
        for (CommandRun run : new CommandRun[] {
            CommandRun.of("check-config", flag, value), CommandRun.of("check-config", flag + "=" + value)
        }) {
            assertThat(run.status()).as(run.err()).isZero();
            assertThat(run.out()).contains(line);
        }
    }

    @Test
    void flagMayStandBeforeAndAfterOtherOptions() {
        CommandRun run = CommandRun.of(
                "check-config", "--port=1", "--set", "host=127.0.0.1", "--http.max_body_bytes", "2mb", "--tls-dev");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out())
                .contains(
                        "port: 1 # command line", "host: 127.0.0.1 # command line", "max_body_bytes: 2mb", "dev: true");
    }

    @Test
    void settingWithoutAKeyIsRefused() {
        CommandRun run = CommandRun.of("check-config", "--set", "=5");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("hasten: Invalid value for --set: it must be KEY=VALUE");
    }

    @Test
    void fileThatIsNotACertificateIsReported() {
        CommandRun run = CommandRun.of("check-config", "--tls.cert", "pom.xml", "--tls.key", "pom.xml");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("pom.xml is not a PEM certificate chain");
    }

    @Test
    void formerNameIsAcceptedWithAWarning() {
        CommandRun run = CommandRun.of("check-config", "--http.body_bytes", "1mb");
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("max_body_bytes: 1mb # command line");
        assertThat(run.err()).contains("hasten: warning: http.body_bytes: this key was renamed to http.max_body_bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--http.bodybytes=1mb | http.bodybytes: unknown key; the closest match is http.max_body_bytes",
                "--http.max_body_bytes | Missing value for --http.max_body_bytes; use --http.max_body_bytes=VALUE",
                "--http.max_body_bytes=x | http.max_body_bytes: \"x\" is not allowed",
                "extra | Unexpected argument",
                "-z | -z",
            })
    void badFlagIsRejectedWithStatusTwo(String argument, String message) {
        CommandRun run = CommandRun.of("check-config", argument);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check-config --set admin_token:s3cret",
                "check-config postgresql://u:s3cret@h/db",
                "keys list --databases.app.url postgresql://u:s3cret@h/db",
                "keys list --databases.app.url=postgresql://u:s3cret@h/db",
                "keys create --name a s3cret",
                "migrated --admin_token s3cret",
                "serve postgresql://u:s3cret@h/db",
            })
    void usageErrorDoesNotRepeatValues(String arguments) {
        CommandRun run = CommandRun.of(arguments.split(" "));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).doesNotContain("s3cret");
        assertThat(run.out()).doesNotContain("s3cret");
    }

    @Test
    void commandThatStartsNoServerWarnsOfFormerNames(@TempDir Path state) {
        CommandRun run = CommandRun.of("keys", "list", "--set", "state_dir=" + state, "--set", "http.body_bytes=1mb");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).contains("hasten: warning: http.body_bytes: this key was renamed to http.max_body_bytes");
    }

    @Test
    void flagIsNotTheValueOfAnother() {
        CommandRun run = CommandRun.of("check-config", "--tls.dev", "--port", "4466");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("Missing value for --tls.dev; use --tls.dev=VALUE");
    }

    @Test
    void otherCommandsTakeNoKeysAsFlags() {
        CommandRun run = CommandRun.of("keys", "list", "--http.max_body_bytes", "1mb");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err())
                .contains(
                        "hasten: Unknown option: --http.max_body_bytes; to set a configuration key, use --set KEY=VALUE");
    }
}
