package dev.hasten.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parsing of the cache headers of requests. The extension's headers have no spaces and no other directives. */
final class CacheStrategyTest {
    private static @Nullable CacheStrategy parse(@Nullable String cacheControl, @Nullable String tags) {
        return CacheStrategy.parse(cacheControl, tags, 5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-age=60|60|0",
                "stale-while-revalidate=30|0|30",
                "max-age=60,stale-while-revalidate=30|60|30",
                "stale-while-revalidate=30, Max-Age = 60|60|30",
                "private, max-age=60, must-revalidate=1|60|0",
                "max-age=31536000|31536000|0",
            })
    void timesAreParsed(String header, long ttl, long swr) {
        assertThat(parse(header, null)).isEqualTo(new CacheStrategy(ttl, swr, List.of()));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"no-cache", "no-store", "", "private", "s-maxage=60"})
    void withoutTimesThereIsNoStrategy(@Nullable String header) {
        assertThat(parse(header, "users")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age=0", "stale-while-revalidate=0", "max-age=0,stale-while-revalidate=0"})
    void timesOfZeroDisableCaching(String header) {
        assertThat(parse(header, "users")).isEqualTo(CacheStrategy.NONE);
        assertThat(CacheStrategy.NONE.caches()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age=", "max-age=a", "max-age=+1", "max-age=-1", "max-age=1e3", "max-age=31536001"})
    void aTtlThatIsNotANumberOfSecondsIsRejected(String header) {
        assertThatThrownBy(() -> parse(header, null))
                .hasMessage(
                        "Invalid cacheStrategy: `ttl` must be a whole number of seconds from 0 to 31536000 (one year)");
    }

    @Test
    void aSwrThatIsNotANumberOfSecondsIsRejected() {
        assertThatThrownBy(() -> parse("max-age=1,stale-while-revalidate=99999999", null))
                .hasMessageContaining("`swr` must be");
    }

    @Test
    void tagsAreSeparatedByCommas() {
        assertThat(parse("max-age=1", "users, Posts_1,c"))
                .isEqualTo(new CacheStrategy(1, 0, List.of("users", "Posts_1", "c")));
        assertThat(parse("max-age=1", " ")).isEqualTo(new CacheStrategy(1, 0, List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a-b", "ä", ",", "a,", "a.b"})
    void otherCharactersInTagsAreRefused(String tags) {
        assertThatThrownBy(() -> parse("max-age=1", tags))
                .hasMessageContaining("a tag must have 1 to 64 of the characters A-Z, a-z, 0-9 and _");
    }

    @Test
    void tooManyTagsAreRefused() {
        assertThatThrownBy(() -> parse("max-age=1", "a,b,c,d,e,f"))
                .hasMessage("Invalid cacheStrategy: 6 tags are given; at most 5 are allowed (cache.max_tags)");
    }

    @Test
    void aTagThatIsTooLongIsTruncatedInTheError() {
        assertThatThrownBy(() -> parse("max-age=1", "x".repeat(10_000)))
                .satisfies(error -> assertThat(error.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void limitsReduceTimesAndKeepTags() {
        CacheStrategy strategy = new CacheStrategy(100, 200, List.of("a"));
        assertThat(strategy.limitedTo(50, 500)).isEqualTo(new CacheStrategy(50, 200, List.of("a")));
        assertThat(strategy.limitedTo(500, 50)).isEqualTo(new CacheStrategy(100, 50, List.of("a")));
        assertThat(strategy.limitedTo(100, 200)).isSameAs(strategy);
    }
}
