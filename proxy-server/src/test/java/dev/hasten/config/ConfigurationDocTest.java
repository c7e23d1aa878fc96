package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Checks that docs/configuration.md matches the table of keys. {@code -Dhasten.docs.write=true} regenerates it. */
class ConfigurationDocTest {
    private static final Path FILE = Path.of("..", "docs", "configuration.md");

    @Test
    void theDocumentationMatchesTheTableOfKeys() throws IOException {
        String document = document();
        if (Boolean.getBoolean("hasten.docs.write")) {
            Files.createDirectories(FILE.toAbsolutePath().getParent());
            Files.writeString(FILE, document);
        }
        assertThat(FILE)
                .as("run mvn -pl proxy-server test -Dtest=ConfigurationDocTest -Dhasten.docs.write=true")
                .hasContent(document);
    }

    @Test
    void noTwoKeysShareAnEnvironmentVariable() {
        assertThat(ConfigKeys.ALL.stream().filter(Key::scalar).map(key -> Key.variable(key.template())))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyDefaultIsWrittenInTheShortestForm() {
        assertThat(ConfigKeys.ALL)
                .allSatisfy(key -> key.defaultText()
                        .filter(text -> !(key.type() instanceof ValueType.FilePath))
                        .ifPresent(text -> assertThat(
                                        key.type().format(key.type().parse(text, Path.of(""))))
                                .as(key.template())
                                .isEqualTo(text)));
    }

    @Test
    void everyScopeIsExplainedAndTheDefaultIsTheOneOfAllKeys() {
        Key scopes = ConfigKeys.find("databases.<name>.keys[].scopes").orElseThrow();
        assertThat(scopes.defaultText()).contains(scopes.type().format(KeyScope.DEFAULT));
        assertThat(KeyScope.values())
                .allSatisfy(scope -> assertThat(scopes.setting().doc()).contains("`" + scope.text() + "`"));
    }

    private static String former(Key key) {
        return key.setting().formerly().isEmpty()
                ? ""
                : " Formerly `" + key.setting().formerly() + "`.";
    }

    private static String document() {
        StringBuilder markdown = new StringBuilder("""
                # Configuration

                <!-- Generated from the records in dev.hasten.config by ConfigurationDocTest; edit those. -->

                Hasten reads a YAML file (`--config` or `HASTEN_CONFIG`), environment variables and command-line options.
                Options override environment variables, which override the file, which overrides the defaults.
                `hasten check-config` prints every effective value and its origin.

                - `serve` and `check-config` accept every key as an option: `--http.max_body_bytes 1mb`. All commands that read the
                  configuration accept `--set http.max_body_bytes=1mb`.
                - A variable is `HASTEN_` plus the path in capitals, with `_` for `.` and `-`:
                  `tls.cert` is `HASTEN_TLS_CERT`, `databases.app.pool.size` is `HASTEN_DATABASES_APP_POOL_SIZE`.
                  An empty variable is treated as unset.
                - Lists can be set in the file, or as options (`--set databases.app.keys[0].name=edge`), but not as variables.
                - Unknown keys and variables are errors. All errors are reported together.
                - Renamed keys and their variables work under their former name until the next release, with a warning.
                - Durations need a unit: `250ms`, `10s`, `2m`, `1h`. Sizes are in bytes or have a suffix: `64kb`, `5mb`, `1gb` (powers of 1024).
                - Relative paths are resolved against the directory in which the server is started.

                Special variables:

                | variable | meaning |
                |---|---|
                | `DATABASE_URL` | `databases.default.url` |
                | `HASTEN_API_KEY` | for the server: an API key of the database `default`, named `env`; for `migrated --url` and `bench --url`: the key to send |
                | `HASTEN_API_KEY_SCOPES` | the `scopes` of that key |
                | `HASTEN_CONFIG` | path of the YAML file |
                | `HASTEN_JAVA_OPTS` | Java options, such as `-Xmx1g` for a heap of 1 GB; the default is 512 MB with `bin/hasten`, and 60 percent of the container's memory in the image |

                Hasten ignores the variables that Kubernetes sets for a Service whose name starts with `hasten`, such as
                `HASTEN_SERVICE_HOST` and `HASTEN_PORT=tcp://10.0.0.1:4466`.

                `<name>` is a database name: a lower-case letter followed by up to 31 of `a-z`, `0-9` and `-`.
                A database exists if any source sets its URL.
                """);
        for (ConfigKeys.Section section : ConfigKeys.SECTIONS) {
            String title =
                    section.prefix().isEmpty() ? "Server" : section.prefix().replaceFirst("\\.$", "");
            markdown.append("\n## ").append(title.equals("Server") ? title : "`" + title + "`");
            markdown.append("\n\n| key | default | allowed | |\n|---|---|---|---|\n");
            section.keys()
                    .forEach(key -> markdown.append("| `%s` | %s | %s | %s |\n"
                            .formatted(
                                    key.template(),
                                    key.defaultText()
                                            .map(text -> "`" + text + "`")
                                            .orElse(""),
                                    key.type().range().replace("|", "\\|"),
                                    key.setting().doc() + former(key))));
        }
        markdown.append("""

                ## Parameters of a database URL

                Percent-encode special characters in user and password. Separate multiple hosts with commas.
                If both a key and its parameter are set, the key takes precedence. Unknown parameters are ignored with a warning.

                | parameter | allowed | |
                |---|---|---|
                """);
        Arrays.stream(UrlParameter.values())
                .forEach(parameter -> markdown.append(
                        "| `%s` | %s | %s |\n".formatted(parameter.text(), parameter.allowed(), parameter.doc())));
        return markdown.toString();
    }
}
