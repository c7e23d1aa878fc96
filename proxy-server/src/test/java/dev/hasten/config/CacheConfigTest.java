package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sections {@code cache}, of the process and of a database. */
final class CacheConfigTest {
    private static final String DATABASE = "databases:\n  app:\n    url: " + Sources.URL + "\n    ";

    @TempDir
    private Path directory;

    private Sources sources;

    @BeforeEach
    void startWithNothing() {
        sources = new Sources(directory);
    }

    private DatabaseConfig app() {
        return Objects.requireNonNull(sources.load().databases().get("app"));
    }

    @Test
    void byDefaultAppsMayCacheWithoutLimits() {
        sources.yaml(DATABASE + "pool: {size: 5}");
        assertThat(app().cache())
                .isEqualTo(new DatabaseCacheConfig(
                        true,
                        1,
                        Duration.ofDays(365),
                        Duration.ofDays(365),
                        5,
                        0,
                        true,
                        DatabaseCacheConfig.Invalidation.TAGS,
                        Duration.ofSeconds(5),
                        100));
        assertThat(app().cacheDefaults()).isEmpty();
        assertThat(app().cacheEntryBytes()).isEqualTo(5 << 20);
        assertThat(sources.load().cache().limitBytes())
                .isEqualTo(Runtime.getRuntime().maxMemory() / 4);
    }

    @Test
    void defaultsOfModelsAreAList() {
        sources.yaml(DATABASE + "cache: {defaults: [{model: User, ttl: 60s, tags: 'a, b'}, {model: '*', swr: 1h}]}");
        assertThat(app().cacheDefaults())
                .containsExactly(
                        new DatabaseCacheConfig.Default("User", Duration.ofMinutes(1), Duration.ZERO, "a, b"),
                        new DatabaseCacheConfig.Default("*", Duration.ZERO, Duration.ofHours(1), null));
        assertThat(app().cacheDefaults().getFirst().tagList()).isEqualTo(List.of("a", "b"));
        assertThat(app().cacheDefaults().getLast().tagList()).isEmpty();
    }

    @Test
    void cacheAndBudgetThatFillTheHeapCauseAWarning() {
        long half = Runtime.getRuntime().maxMemory() / 2;
        assertThat(sources.yaml("cache: {max_bytes: " + half + "}").load().warnings())
                .isEmpty();
        assertThat(sources.yaml("cache: {max_bytes: " + half + "}\nmemory: {budget: " + half + "}")
                        .load()
                        .warnings())
                .singleElement()
                .asString()
                .startsWith("cache.max_bytes and memory.budget: together they exceed 85% of the heap");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cache: {defaults: [{ttl: 60s}]}|the default has no model; set one, or \"*\" for all",
                "cache: {defaults: [{model: User}]}|neither ttl nor swr is set; set one or both",
                "cache: {defaults: [{model: User, ttl: 1s}, {model: User, ttl: 2s}]}|the model already has a default",
                "cache: {defaults: [{model: a b, ttl: 1s}]}|use the name of a model, or",
                "cache: {defaults: [{model: User, ttl: 1s, tags: a b}]}|use tags of 1 to 64",
                "cache: {defaults: [{model: User, ttl: 60}]}|the unit is missing",
                "cache: {defaults: [{model: User, ttl: 1s, tags: 'a,b'}], max_tags: 1}|the default for the model User"
                        + " has 2 tags",
                "cache: {defaults: User}|section",
                "cache: {max_ttl: 0s}|1s to 8760h",
                "cache: {share: 0}|1 to 1000",
            })
    void mistakesAreReported(String yaml, String problem) {
        sources.yaml(DATABASE + yaml);
        assertThat(String.valueOf(sources.problems())).contains(problem);
    }
}
