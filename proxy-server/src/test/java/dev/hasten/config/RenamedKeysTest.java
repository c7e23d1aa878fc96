package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Former names of keys are accepted with a warning. */
final class RenamedKeysTest {
    @TempDir
    Path directory;

    static Stream<Key> renamed() {
        return ConfigKeys.ALL.stream().filter(key -> key.formerTemplate().isPresent());
    }

    private static String path(String template) {
        return template.replace("<name>", "default");
    }

    /** Within the range of every renamed key, and not a default. */
    private static String value(Key key) {
        return switch (key.setting().max()) {
            case "1000" -> key.setting().min().equals("10") ? "20" : "4";
            case "1024gb" -> "2mb";
            default -> "2000";
        };
    }

    @ParameterizedTest
    @MethodSource("renamed")
    void formerNameSetsTheKeyFromAnySource(Key key) {
        String former = path(key.formerTemplate().orElseThrow());
        String current = path(key.template());
        for (Sources sources : new Sources[] {
            new Sources(directory).flag(former, value(key)),
            new Sources(directory).env(Key.variable(former), value(key))
        }) {
            Config config =
                    sources.env("DATABASE_URL", "postgresql://u@localhost/app").load();
            assertThat(config.warnings())
                    .anySatisfy(warning -> assertThat(warning)
                            .startsWith(
                                    former + ": this key was renamed to " + current + "; the next release rejects"));
            assertThat(config.values().byPath().get(current).origin()).isNotInstanceOf(Origin.Default.class);
        }
    }

    @Test
    void environmentOverridesTheFileWhateverNamesAreUsed() {
        Config config = new Sources(directory)
                .yaml("http: {body_bytes: 1mb}")
                .env("HASTEN_HTTP_MAX_BODY_BYTES", "2mb")
                .load();
        assertThat(config.http().maxBodyBytes()).isEqualTo(2 << 20);
        Config other = new Sources(directory)
                .yaml("http: {max_body_bytes: 1mb}")
                .env("HASTEN_HTTP_BODY_BYTES", "2mb")
                .load();
        assertThat(other.http().maxBodyBytes()).isEqualTo(2 << 20);
    }

    @Test
    void timeoutWhoseMeaningChangedIsWarnedOf() {
        assertThat(new Sources(directory)
                        .yaml("http: {body_timeout: 5s}")
                        .load()
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("http.body_timeout: this key now limits the time for the complete request body");
        assertThat(new Sources(directory)
                        .yaml("http: {body_timeout: 5s, body_idle_timeout: 1s}")
                        .load()
                        .warnings())
                .isEmpty();
    }

    @Test
    void keyWithBothNamesInOneSourceIsRejected() {
        assertThatThrownBy(() -> new Sources(directory)
                        .yaml("http: {body_bytes: 1mb, max_body_bytes: 2mb}")
                        .load())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "http.body_bytes: the key was renamed to http.max_body_bytes, which is also set; remove the old name");
    }
}
