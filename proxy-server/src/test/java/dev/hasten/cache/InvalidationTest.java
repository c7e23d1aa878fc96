package dev.hasten.cache;

import static dev.hasten.cache.TestCache.returning;
import static dev.hasten.cache.TestCache.strategy;
import static dev.hasten.cache.TestCache.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.cache.TestCache.Reader;
import dev.hasten.protocol.CacheStrategy;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Requests after an invalidation never get older data. */
final class InvalidationTest {
    private static final CacheStrategy PLAIN = strategy(100, 100);
    private static final CacheStrategy TAGGED = strategy(100, 100, "a");

    @AutoClose
    private final TestCache test = new TestCache();

    private final CacheKey key = test.key(1);

    @Test
    void tagsOfTheEntryApply() {
        test.read(key, TAGGED, "old");
        test.cache.invalidate(List.of("x", "a"), "test");
        assertThat(test.freshness(key, PLAIN)).isNull();
        assertThat(text(test.read(key, PLAIN, "new"))).isEqualTo("new");
        assertThat(test.count(Event.INVALIDATE_TAGS)).isOne();
    }

    @Test
    void tagsOfTheRequestApply() {
        test.read(key, PLAIN, "old");
        test.cache.invalidate(List.of("a"), "test");
        assertThat(test.freshness(key, TAGGED)).isNull();
        assertThat(test.freshness(key, PLAIN))
                .as("for a request without the tag")
                .isEqualTo(Freshness.FRESH);
        assertThat(text(test.read(key, TAGGED, "new"))).isEqualTo("new");
        assertThat(text(test.read(key, PLAIN, "none"))).isEqualTo("new");
    }

    @Test
    void otherTagsHaveNoEffect() {
        test.read(key, TAGGED, "data");
        test.cache.invalidate(List.of("b"), "test");
        assertThat(test.freshness(key, strategy(100, 100, "c"))).isEqualTo(Freshness.FRESH);
    }

    @Test
    void invalidationOfAllRemovesEntriesWithoutTags() {
        test.read(key, PLAIN, "old");
        test.cache.invalidateAll("test");
        assertThat(test.freshness(key, PLAIN)).isNull();
        assertThat(test.cache.size()).isZero();
        assertThat(test.count(Event.INVALIDATE_ALL)).isOne();
    }

    @Test
    void resultIsNotStoredIfItsTagIsInvalidatedMeanwhile() {
        Reader reader = test.reads(key, TAGGED, "old");
        test.cache.invalidate(List.of("a"), "test");
        reader.goOn();
        assertThat(text(reader.response()))
                .as("response to the earlier request")
                .isEqualTo("old");
        assertThat(test.freshness(key, PLAIN)).isNull();
        assertThat(test.count(Event.OUTDATED)).isOne();
    }

    @Test
    void resultIsNotStoredIfEverythingIsInvalidatedMeanwhile() {
        Reader reader = test.reads(key, PLAIN, "old");
        test.cache.invalidateAll("test");
        reader.goOn();
        assertThat(test.freshness(key, PLAIN)).isNull();
    }

    @Test
    void requestAfterAnInvalidationDoesNotJoinAnOlderQuery() {
        Reader older = test.reads(key, TAGGED, "old");
        test.cache.invalidate(List.of("a"), "test");
        Reader newer = test.reads(key, TAGGED, "new");
        assertThat(newer.runsAQuery()).isTrue();
        Reader newest = test.reads(key, PLAIN, "none");
        assertThat(newest.waits()).as("waits for the newer query").isTrue();
        newer.goOn();
        assertThat(text(newest.response())).isEqualTo("new");
        older.goOn();
        assertThat(text(older.response())).isEqualTo("old");
        assertThat(text(test.read(key, TAGGED, "none"))).isEqualTo("new");
    }

    @Test
    void requestWithAnInvalidatedTagDoesNotJoinAnOlderQueryWithoutTheTag() {
        Reader older = test.reads(key, PLAIN, "old");
        test.cache.invalidate(List.of("a"), "test");
        Reader newer = test.reads(key, TAGGED, "new");
        assertThat(newer.runsAQuery()).isTrue();
        newer.goOn();
        older.goOn();
        assertThat(text(test.read(key, PLAIN, "none")))
                .as("not overwritten by the older query")
                .isEqualTo("new");
    }

    @Test
    void refreshStartedBeforeAnInvalidationIsNotStored() {
        test.read(key, strategy(0, 100, "a"), "old");
        test.cache.refresh(new Lookup(key, TAGGED, null, false), TestCache.memory(), own -> {
            test.cache.invalidate(List.of("a"), "test");
            return returning("older").read(own);
        });
        test.runTasks();
        assertThat(test.freshness(key, PLAIN)).isNull();
    }

    @Test
    void schemaChangeMakesEverythingUnreachable() {
        Reader reader = test.reads(key, PLAIN, "old");
        test.read(test.key(2), PLAIN, "old");
        assertThat(test.cache.schemaChanged("test")).isEqualTo(1);
        assertThat(test.cache.schemaEpoch()).isEqualTo(1);
        reader.goOn();
        assertThat(test.cache.size()).isZero();
        assertThat(test.freshness(key, PLAIN))
                .as("for a request with the old schema")
                .isNull();
        assertThat(text(test.read(test.key(1), PLAIN, "new"))).isEqualTo("new");
        assertThat(text(test.read(test.key(2), PLAIN, "new"))).isEqualTo("new");
        assertThat(test.count(Event.SCHEMA_CHANGE)).isOne();
    }

    @Test
    void resultsOfAnOlderSchemaAreNotVisibleToTheNewOne() {
        CacheKey older = test.key(1);
        test.cache.schemaChanged("test");
        test.read(older, PLAIN, "old shape");
        assertThat(test.freshness(test.key(1), PLAIN)).isNull();
    }
}
