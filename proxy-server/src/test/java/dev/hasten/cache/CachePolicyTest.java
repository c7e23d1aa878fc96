package dev.hasten.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.protocol.CacheStrategy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The operator's limits take precedence over the app's strategy. */
final class CachePolicyTest {
    private static final CacheStrategy POSTS = new CacheStrategy(10, 20, List.of("posts"));
    private static final CacheStrategy OTHERS = new CacheStrategy(10_000, 20_000, List.of("others"));

    private final CachePolicy policy = policy(true, Map.of("Post", POSTS, CachePolicy.ANY_MODEL, OTHERS));

    private static CachePolicy policy(boolean enabled, Map<String, CacheStrategy> defaults) {
        return new CachePolicy(enabled, true, Invalidation.TAGS, new CachePolicy.Limits(60, 600, 2, 1000, 0), defaults);
    }

    private static CacheStrategy limited(CachePolicy policy, String cacheControl, @Nullable String tags) {
        return policy.limited(Objects.requireNonNull(
                CacheStrategy.parse(cacheControl, tags, policy.limits().maxTags())));
    }

    @Test
    void requestedStrategyAppliesWithinTheLimits() {
        assertThat(limited(policy, "max-age=60,stale-while-revalidate=600", "a,b"))
                .isEqualTo(new CacheStrategy(60, 600, List.of("a", "b")));
        assertThat(limited(policy, "max-age=61,stale-while-revalidate=601", "a"))
                .isEqualTo(new CacheStrategy(60, 600, List.of("a")));
    }

    @Test
    void limitsAreZeroOrMore() {
        assertThat(new CachePolicy.Limits(0, 0, 0, 0, 0)).isNotNull();
        for (int i = 0; i < 5; i++) {
            int[] limits = new int[5];
            limits[i] = -1;
            assertThatThrownBy(() -> new CachePolicy.Limits(limits[0], limits[1], limits[2], limits[3], limits[4]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void limitOfZeroTurnsThatPartOff() {
        CachePolicy freshOnly =
                new CachePolicy(true, true, Invalidation.TAGS, new CachePolicy.Limits(60, 0, 2, 1000, 0), Map.of());
        assertThat(limited(freshOnly, "max-age=30,stale-while-revalidate=30", null))
                .isEqualTo(new CacheStrategy(30, 0, List.of()));
        assertThat(limited(freshOnly, "stale-while-revalidate=30", null)).returns(false, CacheStrategy::caches);
    }

    @Test
    void defaultsApplyToListedModelsOrToAllOthers() {
        assertThat(policy.defaultOf("Post")).isEqualTo(POSTS);
        assertThat(policy.defaultOf("User"))
                .as("also reduced to the limits")
                .isEqualTo(new CacheStrategy(60, 600, List.of("others")));
        assertThat(policy.defaultOf(null)).as("default without a model").isEqualTo(CacheStrategy.NONE);
        assertThat(policy(true, Map.of("Post", POSTS)).defaultOf("User")).isEqualTo(CacheStrategy.NONE);
    }

    @Test
    void nothingIsCachedWhenCachingIsOff() {
        CachePolicy off = policy(false, Map.of("Post", POSTS));
        assertThat(limited(off, "max-age=60", "a")).isEqualTo(CacheStrategy.NONE);
        assertThat(off.defaultOf("Post")).isEqualTo(CacheStrategy.NONE);
    }
}
