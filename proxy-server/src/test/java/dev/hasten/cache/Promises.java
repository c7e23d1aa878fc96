package dev.hasten.cache;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.Query.State;
import dev.hasten.deadline.CancelledException;
import dev.hasten.protocol.CacheStrategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The promises of the cache, checked against the history of a {@link CacheWorld}. */
final class Promises {
    private static final long REFRESH_PAUSE = SECONDS.toNanos(1);

    private final QueryCache cache;
    private final List<Invalidation> invalidations = new ArrayList<>();
    private final Map<Event, Integer> least = new EnumMap<>(Event.class);
    private final List<Request> requests = new ArrayList<>();

    private final List<Unsettled> unsettled = new ArrayList<>();

    /**
     * @param tags the invalidated tags; null for everything
     * @param relation the written relation; -1 if it was no write
     */
    private record Invalidation(int moment, @Nullable List<String> tags, int relation) {
        boolean concerns(CacheKey key, CacheStrategy first, CacheStrategy second) {
            if (relation >= 0) {
                return reads(key, relation);
            }
            return tags == null
                    || !Collections.disjoint(tags, first.tags())
                    || !Collections.disjoint(tags, second.tags());
        }
    }

    /** @param until the moment when it was settled; the largest number before that */
    private record Unsettled(int relation, int from, int until) {}

    private static boolean reads(CacheKey key, int relation) {
        RelationIds relations = CacheWorld.relationsOf(key);
        return relations.and(RelationIds.of(List.of(relation))).equals(relations);
    }

    Promises(QueryCache cache) {
        this.cache = cache;
    }

    void invalidated(int moment, List<String> tags) {
        invalidations.add(new Invalidation(moment, tags, -1));
        counted(Event.INVALIDATE_TAGS);
    }

    void invalidatedAll(int moment) {
        invalidations.add(new Invalidation(moment, null, -1));
        counted(Event.INVALIDATE_ALL);
    }

    void schemaChanged(int moment) {
        invalidations.add(new Invalidation(moment, null, -1));
        counted(Event.SCHEMA_CHANGE);
    }

    void written(int moment, int relation) {
        invalidations.add(new Invalidation(moment, null, relation));
    }

    void writtenAnything(int moment) {
        invalidations.add(new Invalidation(moment, null, -1));
    }

    void unsettled(int moment, int relation) {
        unsettled.add(new Unsettled(relation, moment, Integer.MAX_VALUE));
    }

    void settled(int moment, int relation) {
        Unsettled lost = unsettled.stream()
                .filter(each -> each.relation() == relation && each.until() == Integer.MAX_VALUE)
                .findFirst()
                .orElseThrow();
        unsettled.remove(lost);
        unsettled.add(new Unsettled(relation, lost.from(), moment));
    }

    private void counted(Event event) {
        least.merge(event, 1, Integer::sum);
    }

    void comes(Request request) {
        requests.add(request);
    }

    /** One query per key at a time, unless the other one must not be shared; and a pause after a failed refresh. */
    void beforeQuery(Query next, List<Query> earlier) {
        for (Query other : List.copyOf(earlier)) {
            if (!other.key().equals(next.key())) {
                continue;
            }
            if (other.leftAt < 0) {
                Query older = other.asked < next.asked ? other : next;
                Query newer = older == next ? other : next;
                assertThat(older.cancellation.reason() != null || wasOvertaken(older, newer.asked))
                        .as("%s starts although it could have waited for %s", newer, older)
                        .isTrue();
            }
            if (next.refresh && other.refresh && other.state == State.FAILED && other.endedAt < next.asked) {
                // The pause belongs to the entry: an entry stored after the request's lookup has no pause.
                boolean another = earlier.stream()
                        .anyMatch(query -> query.key().equals(next.key()) && query.storedAt >= other.request.came);
                assertThat(another || next.beganNanos - other.endedNanos >= REFRESH_PAUSE)
                        .as("%s starts without a pause after %s", next, other)
                        .isTrue();
            }
        }
    }

    /** Returns whether a request that must not wait for the query asked before the moment, and so replaced it. */
    private boolean wasOvertaken(Query query, int moment) {
        return requests.stream()
                .filter(request -> request.key.equals(query.key()))
                .anyMatch(request -> request.asked().stream()
                        .filter(asked -> asked > query.asked && asked <= moment)
                        .anyMatch(asked -> invalidations.stream()
                                .anyMatch(invalidation -> invalidation.moment > query.asked
                                        && invalidation.moment < asked
                                        && invalidation.concerns(request.key, query.strategy(), request.strategy))));
    }

    void ended(Request request, List<Query> queries) {
        Request.End end = request.end();
        RuntimeException failure = end.failure();
        if (end.response() != null) {
            Query query = queries.get(Query.idIn(end.response().body()));
            rightAnswer(request, end.response(), end.nanos(), query);
        } else if (failure instanceof Query.Failure failed) {
            assertThat(failed.query.key())
                    .as("%s fails like %s", request, failed.query)
                    .isEqualTo(request.key);
            assertThat(failed.query.leftAt)
                    .as("%s fails like %s", request, failed.query)
                    .isGreaterThanOrEqualTo(request.came);
        } else {
            assertThat(failure).as("%s", request).isInstanceOf(CancelledException.class);
            assertThat(request.hasLeft())
                    .as("%s was cancelled without having left", request)
                    .isTrue();
        }
    }

    private void rightAnswer(Request request, CachedResponse response, long endNanos, Query query) {
        assertThat(query.key()).as("%s gets %s", request, query).isEqualTo(request.key);
        for (Invalidation invalidation : invalidations) {
            if (invalidation.moment < request.came
                    && invalidation.concerns(request.key, request.strategy, query.strategy())) {
                assertThat(query.snapshot)
                        .as("%s gets %s, which is older than %s", request, query, invalidation)
                        .isGreaterThan(invalidation.moment);
            }
        }
        long youngest = request.cameNanos - query.storedNanos;
        long oldest = endNanos - query.storedNanos;
        long ttl = SECONDS.toNanos(request.strategy.ttlSeconds());
        long swr = SECONDS.toNanos(request.strategy.swrSeconds());
        switch (response.freshness()) {
            case MISS -> {
                assertThat(query.leftAt)
                        .as("%s gets %s as a miss", request, query)
                        .isGreaterThanOrEqualTo(request.came);
                assertThat(response.ageSeconds()).isZero();
                counted(Event.MISS);
            }
            case FRESH -> {
                assertThat(youngest).as("age of %s for %s", query, request).isLessThan(ttl);
                counted(Event.HIT);
            }
            case STALE -> {
                assertThat(youngest).as("age of %s for %s", query, request).isLessThan(ttl + swr);
                assertThat(oldest).as("age of %s for %s", query, request).isGreaterThanOrEqualTo(ttl);
                counted(Event.STALE_HIT);
            }
        }
        if (response.freshness() != CachedResponse.Freshness.MISS) {
            assertThat(query.storedAt).as("%s is stored", query).isNotNegative();
            assertThat(unsettled)
                    .as("lost writes while %s was stored", query)
                    .noneMatch(write -> reads(query.key(), write.relation())
                            && write.from() < query.storedAt
                            && query.storedAt < write.until());
            assertThat(youngest)
                    .as("%s is used after its expiry", query)
                    .isLessThan(SECONDS.toNanos(
                            query.strategy().ttlSeconds() + query.strategy().swrSeconds()));
            assertThat(response.ageSeconds())
                    .isBetween(Math.max(0, youngest) / SECONDS.toNanos(1), Math.max(0, oldest) / SECONDS.toNanos(1));
        }
    }

    /** Checks the invariants that hold while all actors are stopped. */
    void hold(List<Request> requests, List<Query> queries) {
        for (Request request : requests) {
            assertThat(request.hasLeft() && request.isWaiting())
                    .as("%s has left but still waits", request)
                    .isFalse();
        }
        for (Query query : queries) {
            if (query.isRunning()) {
                cancelledWhenTheLastOneLeft(query, requests);
            }
        }
        cache.cleanUp();
        assertThat(cache.bytes()).as("bytes").isBetween(0L, cache.maxBytes());
    }

    private static void cancelledWhenTheLastOneLeft(Query query, List<Request> requests) {
        boolean cancelled = query.cancellation.reason() != null;
        Request leader = query.leader();
        if (leader == null || !leader.hasLeft()) {
            assertThat(cancelled).as("%s is cancelled", query).isFalse();
        } else if (requests.stream().noneMatch(other -> other.key.equals(query.key()) && !other.hasLeft())) {
            assertThat(cancelled).as("%s without requests is cancelled", query).isTrue();
        }
    }

    /** Checks the statistics after all actors are done. */
    void countsAreRight(List<Query> queries) {
        int abandonedLarge = 0;
        for (Query query : queries) {
            if (query.state == State.SUCCEEDED && query.size > CacheWorld.ENTRY_BYTES) {
                if (query.cancellation.reason() == null) {
                    counted(Event.TOO_LARGE);
                } else {
                    // An abandoned result is discarded without checking its size.
                    abandonedLarge++;
                }
            }
            if (query.refresh) {
                counted(query.state == State.SUCCEEDED ? Event.REFRESH : Event.FAILED_REFRESH);
            }
        }
        for (Event event : Event.values()) {
            int expected = least.getOrDefault(event, 0);
            switch (event) {
                case COALESCED -> assertThat(count(event)).as("%s", event).isLessThanOrEqualTo(count(Event.MISS));
                case OUTDATED -> assertThat(count(event)).as("%s", event).isLessThanOrEqualTo(queries.size());
                case TOO_LARGE ->
                    assertThat(count(event)).as("%s", event).isBetween(expected, expected + abandonedLarge);
                case EVICTION, BYPASS -> {}
                default -> assertThat(count(event)).as("%s", event).isEqualTo(expected);
            }
        }
    }

    private int count(Event event) {
        return Math.toIntExact(cache.statistics().of(event));
    }
}
