package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guessable API keys in the configuration cause a warning at startup, which does not show them. */
final class WeakKeysTest {
    @TempDir
    private java.nio.file.Path directory;

    private List<String> warnings(String key) {
        return new Sources(directory)
                .env("DATABASE_URL", "postgres://u@h/d")
                .env("HASTEN_API_KEY", key)
                .load()
                .warnings();
    }

    @ParameterizedTest
    @ValueSource(strings = {"change-me", "hunter2", "0123456789abcde"})
    void shortKeyWillBeAnErrorInAFutureVersion(String key) {
        assertThat(warnings(key))
                .singleElement()
                .asString()
                .contains("The next release rejects it")
                .contains("openssl rand -hex 32")
                .doesNotContain(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123456789abcdef", // 64 bits
                "correct-horse-batter",
                "12345678901234567890123456789012345678", // digits only
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "passwordpasswordpasswordpassword",
            })
    void keyWithLessThan128BitsCausesAWarning(String key) {
        assertThat(warnings(key)).singleElement().asString().contains("fewer than 128 bits");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2f9c1d7e4b8a60355c3ee1f0a9d27b46", // openssl rand -hex 16
                "hk_0Vb3cXw9TqLs7ZpRj2NfYa",
                "7iQyJrT3mXo0aZ5cW9uE1k",
            })
    void randomKeyCausesNoWarning(String key) {
        assertThat(warnings(key)).isEmpty();
    }

    @Test
    void warningAboutAKeyInAFileNamesItsPlace() {
        assertThat(new Sources(directory)
                        .yaml("databases: {app: {url: 'postgres://u@h/d', keys: [{name: web, secret: short}]}}")
                        .load()
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("databases.app.keys[0].secret: ");
    }
}
