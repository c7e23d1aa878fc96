package dev.hasten.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.deadline.Cancellation;
import dev.hasten.insights.Insights;
import dev.hasten.insights.QueryShape;
import dev.hasten.protocol.CacheStrategy;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ModelInvalidationTest {
    private static final CacheStrategy HOUR = new CacheStrategy(3600, 0, List.of("tagged"));

    @AutoClose
    private final TestCache test = new TestCache();

    private final Insights insights =
            new Insights(100, Duration.ofHours(1), Ticker.systemTicker(), InstantSource.system());

    private Lookup lookup(int number, @Nullable String model) {
        QueryShape shape = insights.shape("main", model, "findMany", null, 1, true);
        return new Lookup(test.key(number), HOUR, model, false, RelationIds.NONE, shape);
    }

    private String read(int number, @Nullable String model) {
        CachedResponse response =
                test.cache.fetch(lookup(number, model), new Cancellation(), TestCache.returning("data"));
        return response.freshness().name();
    }

    @Test
    void onlyTheResponsesOfTheModelAreInvalidated() {
        read(1, "Post");
        read(2, "User");
        read(3, null);
        test.cache.invalidateModel("Post", "test");
        assertThat(read(1, "Post")).isEqualTo("MISS");
        assertThat(read(2, "User")).isEqualTo("FRESH");
        assertThat(read(3, null)).isEqualTo("FRESH");
    }

    @Test
    void dataThatIsBeingReadIsNotStoredEither() {
        test.cache.fetch(lookup(1, "Post"), new Cancellation(), _ -> {
            test.cache.invalidateModel("Post", "test");
            return TestCache.returning("old").read(new Cancellation());
        });
        assertThat(read(1, "Post")).isEqualTo("MISS");
    }

    @Test
    void aTagWithTheNameOfAModelIsSomethingElse() {
        read(1, "tagged");
        test.cache.invalidate(List.of("Post"), "test");
        assertThat(read(1, "tagged")).isEqualTo("FRESH");
        test.cache.invalidateModel("tagged", "test");
        assertThat(read(1, "tagged")).isEqualTo("MISS");
    }

    @Test
    void listenersAreToldTheModel() {
        List<String> told = new ArrayList<>();
        test.cache.onInvalidation((cause, names) -> told.add(cause.kind().label() + " " + names));
        test.cache.invalidateModel("Post", "test");
        test.cache.invalidate(List.of("a", "b"), "test");
        test.cache.invalidateAll("test");
        assertThat(told).containsExactly("model [Post]", "tags [a, b]", "all []");
    }

    @Test
    void useIsAddedUpByModelAndTag() {
        read(1, "Post");
        read(1, "Post");
        read(2, "Post");
        read(3, "User");
        CacheUse use = test.cache.use(2);
        assertThat(use.models().get("Post").entries()).isEqualTo(2);
        assertThat(use.models().get("Post").hits()).isEqualTo(1);
        assertThat(use.tags().get("tagged").entries()).isEqualTo(3);
        assertThat(use.top()).hasSize(2);
        assertThat(use.top().getFirst().label()).isEqualTo("Post.findMany");
        test.cache.invalidateAll("test");
        assertThat(test.cache.use(2).models()).isEmpty();
    }

    @Test
    void storedResponsesDoNotKeepForgottenShapesInMemory() {
        List<WeakReference<QueryShape>> shapes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            QueryShape shape =
                    Objects.requireNonNull(insights.shapeOfSql("main", "sql", "SELECT " + "a".repeat(i + 1), true));
            shapes.add(shape.reference());
            Lookup lookup = new Lookup(test.key(i), HOUR, null, false, RelationIds.NONE, shape);
            test.cache.fetch(lookup, new Cancellation(), TestCache.returning("data"));
        }
        assertThat(test.cache.use(0).tags().get("tagged").entries()).isEqualTo(500);
        await().until(() -> {
            System.gc();
            return shapes.stream().filter(shape -> shape.get() != null).count() <= 100;
        });
        Map<String, CacheUse.Use> models = test.cache.use(0).models();
        assertThat(models.get("(unknown)").entries()).isGreaterThanOrEqualTo(400);
    }
}
