package dev.hasten.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Watchdog;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Whether all changes are known is asked before the generations are compared, never after. */
final class ConfirmationTest {
    private static final Cause CAUSE = new Cause(Cause.Kind.WRITE, "test");
    private static final Watchdog WATCHDOG = new Watchdog();
    private static final RelationIds RELATION = RelationIds.of(List.of(7));
    private static final Lookup LOOKUP = new Lookup(
            new CacheKey(new QuerySignature(1, 0, 0, 0), "test", 0, null),
            new CacheStrategy(3600, 0, List.of()),
            null,
            false,
            RELATION);

    private final RelationGenerations relations = RelationGenerations.create();
    /** Runs while the cache asks. */
    private Runnable meanwhile = () -> {};

    private boolean confirmed = true;

    private final QueryCache cache = new QueryCache(
            new CachePolicy(true, true, Invalidation.STREAM, new CachePolicy.Limits(9999, 0, 5, 1 << 20, 0), Map.of()),
            new QueryCache.Settings(
                    1 << 20,
                    Duration.ofHours(1),
                    1,
                    WATCHDOG,
                    () -> 0,
                    InstantSource.system(),
                    Runnable::run,
                    new RecentRequests(0)),
            relations,
            () -> {
                meanwhile.run();
                return confirmed;
            });

    @AfterAll
    static void stop() {
        WATCHDOG.close();
    }

    private Freshness read() {
        return cache.fetch(LOOKUP, new Cancellation(), _ -> new byte[1]).freshness();
    }

    @Test
    void aChangeThatArrivesWithTheConfirmationOutdatesTheEntry() {
        read();
        assertThat(read()).isEqualTo(Freshness.FRESH);
        meanwhile = () -> relations.changed(RELATION, CAUSE);
        assertThat(cache.find(LOOKUP)).isNull();
    }

    @Test
    void withoutConfirmationNoEntryIsUsed() {
        read();
        confirmed = false;
        assertThat(read()).isEqualTo(Freshness.MISS);
        confirmed = true;
        assertThat(read()).isEqualTo(Freshness.FRESH);
    }
}
