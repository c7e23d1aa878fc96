package dev.hasten.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.CacheStatistics.Miss;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.cache.QueryCache.Fill;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.cache.Stage.Actor;
import dev.hasten.cache.Step.Pauses;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A {@link QueryCache} with its clients and a database whose data change at every moment, so that data read before an
 * invalidation is always older. Every {@link Step} is a moment; the promises are checked after each step.
 */
final class CacheWorld {
    private static final Cause CAUSE = new Cause(Cause.Kind.WRITE, "test");
    static final int ENTRY_BYTES = 3000;
    static final int MAXIMUM_REFRESHES = 2;
    static final String MODEL = "Post";
    static final CacheStrategy MODEL_DEFAULT = new CacheStrategy(2, 2, List.of("a"));

    private static final ThreadLocal<@Nullable Role> ROLE = new ThreadLocal<>();

    private final Stage stage = new Stage();
    private final VirtualTime time = new VirtualTime();
    private final List<Runnable> tasks = Collections.synchronizedList(new ArrayList<>());
    private final List<Request> requests = new ArrayList<>();
    private final List<Query> queries = Collections.synchronizedList(new ArrayList<>());
    private final List<@Nullable CacheStrategy> strategies;
    private final Promises promises;
    /** Relations that only some queries read. */
    static final int RELATIONS = 3;

    static final int SHARED_RELATION = 100;

    private final RelationGenerations relations = RelationGenerations.create();
    private final List<LostWrite> lost = new ArrayList<>();
    private final QueryCache cache;

    /** The number of steps, which is also the version of all data. */
    private final AtomicInteger clock = new AtomicInteger();

    /** The current activity of an actor's thread. */
    static final class Role {
        final Actor actor;
        final Pauses pauses;
        /** Only used by its own thread. */
        int looks;

        volatile @Nullable Query query;
        volatile @Nullable Request request;

        Role(Actor actor, Pauses pauses) {
            this.actor = actor;
            this.pauses = pauses;
        }

        void left(int moment) {
            Query ended = query;
            if (ended != null && ended.leftAt < 0) {
                ended.leftAt = moment;
            }
        }
    }

    /** @param strategies the strategies of requests; null for one to which its model's default applies */
    CacheWorld(long maximumBytes, List<@Nullable CacheStrategy> strategies, Watchdog watchdog) {
        this.strategies = strategies;
        CachePolicy policy = new CachePolicy(
                true,
                true,
                Invalidation.TAGS,
                new CachePolicy.Limits(100, 100, 5, ENTRY_BYTES, 0),
                Map.of(MODEL, MODEL_DEFAULT));
        cache = new QueryCache(
                policy,
                new QueryCache.Settings(
                        maximumBytes,
                        Duration.ofHours(1),
                        MAXIMUM_REFRESHES,
                        watchdog,
                        this::look,
                        time,
                        this::inBackground,
                        new RecentRequests(0)),
                relations);
        promises = new Promises(cache);
    }

    private int moment() {
        return clock.get();
    }

    void play(List<Step> steps) {
        for (Step step : steps) {
            clock.incrementAndGet();
            happens(step);
            check();
        }
        end();
    }

    private void happens(Step step) {
        switch (step) {
            case Step.Read read -> read(read);
            case Step.GoOn(int who, int gates) ->
                select(stage.actors(), Actor::isAtGate, who, actor -> {
                    for (int i = 0; i < gates && actor.isAtGate(); i++) {
                        stage.pass(actor);
                    }
                });
            case Step.FailQuery(int who) ->
                select(queries, Query::isRunning, who, query -> {
                    query.doomed = true;
                    stage.pass(query.role.actor);
                });
            case Step.Leave(int who) ->
                select(requests, Request::mayLeave, who, request -> {
                    request.own.cancel(Cancellation.Reason.DISCONNECT);
                    stage.settle();
                });
            case Step.RunTask(int who, Pauses pauses) ->
                select(List.copyOf(tasks), _ -> true, who, task -> {
                    tasks.remove(task);
                    enter("task", pauses, _ -> task.run());
                });
            case Step.Invalidate(List<String> tags) -> {
                cache.invalidate(tags, "test");
                promises.invalidated(moment(), tags);
            }
            case Step.InvalidateAll() -> {
                cache.invalidateAll("test");
                promises.invalidatedAll(moment());
            }
            case Step.ChangeSchema() -> {
                long before = cache.schemaEpoch();
                assertThat(cache.schemaChanged("test")).isEqualTo(before + 1);
                promises.schemaChanged(moment());
            }
            case Step.Write(int relation) -> {
                relations.changed(RelationIds.of(List.of(relation)), CAUSE);
                promises.written(moment(), relation);
            }
            case Step.WriteAnything() -> {
                relations.allChanged(CAUSE);
                promises.writtenAnything(moment());
            }
            case Step.LoseWrite(int relation) -> {
                Runnable settle = relations.unsettle(RelationIds.of(List.of(relation)));
                relations.changed(RelationIds.of(List.of(relation)), CAUSE);
                promises.written(moment(), relation);
                lost.add(new LostWrite(relation, settle));
                promises.unsettled(moment(), relation);
            }
            case Step.Settle(int who) ->
                select(List.copyOf(lost), _ -> true, who, write -> {
                    lost.remove(write);
                    relations.changed(RelationIds.of(List.of(write.relation())), CAUSE);
                    write.settle().run();
                    promises.written(moment(), write.relation());
                    promises.settled(moment(), write.relation());
                });
            case Step.LetTimePass(Duration duration) -> time.pass(duration);
        }
    }

    private record LostWrite(int relation, Runnable settle) {}

    /** The relations that a query reads: one that it shares with some other queries, and one that all read. */
    static RelationIds relationsOf(CacheKey key) {
        return RelationIds.of(List.of((int) (key.signature().a() % RELATIONS), SHARED_RELATION));
    }

    private static <T> void select(List<T> all, Predicate<T> eligible, int who, Consumer<T> then) {
        List<T> candidates = all.stream().filter(eligible).toList();
        if (!candidates.isEmpty()) {
            then.accept(candidates.get(who % candidates.size()));
        }
    }

    private void enter(String name, Pauses pauses, Consumer<Role> part) {
        stage.enter(name + " " + moment(), actor -> {
            Role role = new Role(actor, pauses);
            ROLE.set(role);
            part.accept(role);
            role.left(moment());
        });
    }

    /** Reads through the cache like {@code dev.hasten.caching.CacheSession}. */
    private void read(Step.Read read) {
        CacheKey key =
                new CacheKey(new QuerySignature(read.key(), 0, 0, 0), "remote-executor", cache.schemaEpoch(), null);
        String model = read.key() == 0 ? MODEL : null;
        // A request without a strategy only uses the cache if its model has a default.
        CacheStrategy chosen = strategies.get(read.strategy() % strategies.size());
        CacheStrategy named = chosen == null && model == null ? MODEL_DEFAULT : chosen;
        CacheStrategy effective = named != null ? named : cache.policy().defaultOf(model);
        Request request = new Request(key, effective, moment(), time.read());
        requests.add(request);
        promises.comes(request);
        enter("request", read.pauses(), role -> {
            request.actor = role.actor;
            role.request = request;
            CachedResponse response = null;
            try {
                response = cache.find(new Lookup(key, named, null, read.gzip()));
                if (response == null) {
                    request.asks(moment());
                    Lookup lookup = new Lookup(key, effective, model, read.gzip(), relationsOf(key));
                    Fill fill = own -> query(request, false, read.size(), own);
                    response = read.looked()
                            ? cache.fetchMissing(lookup, Miss.ABSENT, request.own, fill)
                            : cache.fetch(lookup, request.own, fill);
                }
                role.left(moment());
                request.ends(response, null, time.read());
            } catch (RuntimeException e) {
                role.left(moment());
                request.ends(null, e, time.read());
            }
            if (response != null && response.freshness() == Freshness.STALE) {
                cache.refresh(
                        new Lookup(key, named, null, false),
                        TestCache.memory(),
                        own -> query(request, true, read.size(), own));
                request.refreshedAt = moment();
            }
        });
    }

    /** Runs a query; its data are those of the moment between the two gates. */
    private byte[] query(Request request, boolean refresh, int size, Cancellation cancellation) {
        Role role = Objects.requireNonNull(ROLE.get());
        Query query = new Query(queries.size(), request, refresh, role, cancellation, size, moment(), time.read());
        promises.beforeQuery(query, queries);
        queries.add(query);
        role.query = query;
        try {
            stopInQuery(query, "query begins");
            query.snapshot = moment();
            stopInQuery(query, "query ends");
            query.state = Query.State.SUCCEEDED;
            return query.body();
        } catch (RuntimeException e) {
            query.state = Query.State.FAILED;
            throw e;
        } finally {
            query.endedAt = moment();
            query.endedNanos = time.read();
        }
    }

    private static void stopInQuery(Query query, String place) {
        query.role.actor.stopAt(place);
        if (query.doomed) {
            Cancellation.Reason reason = query.cancellation.reason();
            throw reason != null ? new CancelledException(reason) : new Query.Failure(query);
        }
    }

    /** The cache's ticker. Actors must not stop while they hold Caffeine's locks, because the others would hang. */
    private long look() {
        Role role = ROLE.get();
        if (role == null) {
            return time.read();
        }
        List<StackWalker.StackFrame> callers =
                StackWalker.getInstance().walk(frames -> frames.skip(1).limit(4).toList());
        String caller = callers.getFirst().getMethodName();
        boolean stops =
                (isOfCache(callers.getFirst()) || caller.equals("getIfPresent")) && role.pauses.include(++role.looks);
        if (stops && !role.pauses.late()) {
            role.actor.stopAt(caller);
        }
        long now = time.read();
        Query query = role.query;
        if (query != null && caller.equals("store")) {
            query.storedNanos = now;
            query.storedAt = moment();
        }
        if (stops && role.pauses.late()) {
            role.actor.stopAt(caller);
        }
        Request request = role.request;
        if (request != null
                && callers.stream()
                        .anyMatch(frame ->
                                isOfCache(frame) && frame.getMethodName().equals("find"))) {
            request.asks(moment());
        }
        return now;
    }

    private static boolean isOfCache(StackWalker.StackFrame frame) {
        return frame.getClassName().equals(QueryCache.class.getName());
    }

    private void inBackground(Runnable task) {
        if (task.getClass().getName().startsWith("com.github.benmanes.caffeine.")) {
            task.run();
        } else {
            tasks.add(task);
        }
    }

    private void check() {
        // A request that is woken while nothing is stored asks again without reading the clock.
        requests.stream().filter(Request::isWaiting).forEach(request -> request.asks(moment() + 1));
        requests.removeIf(request -> {
            boolean ended = request.hasEnded();
            if (ended) {
                promises.ended(request, queries);
            }
            return ended;
        });
        promises.hold(requests, queries);
    }

    /** Lets all actors continue until they are done. None must wait forever, and finally the cache must be empty. */
    private void end() {
        while (!stage.actors().isEmpty() || !tasks.isEmpty()) {
            clock.incrementAndGet();
            if (!tasks.isEmpty()) {
                happens(new Step.RunTask(0, Pauses.NONE));
            } else {
                assertThat(stage.actors()).as("actors that can continue").anyMatch(Actor::isAtGate);
                happens(new Step.GoOn(0, 1));
            }
            check();
        }
        assertThat(requests).as("requests without a response").isEmpty();
        promises.countsAreRight(queries);
        time.pass(Duration.ofHours(2));
        cache.cleanUp();
        assertThat(cache.size()).as("entries after their expiry").isZero();
        assertThat(cache.bytes()).as("bytes after their expiry").isZero();
    }
}
