package dev.hasten.cache;

import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.cache.QueryCache.Fill;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.cache.Stage.Actor;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Watchdog;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A cache whose time, background tasks and queries a test controls. */
final class TestCache implements AutoCloseable {
    static final int ENTRY_BYTES = 100_000;
    static final CacheStrategy MODEL_DEFAULT = new CacheStrategy(5, 5, List.of("posts"));

    final VirtualTime time = new VirtualTime();
    final Stage stage = new Stage();
    final QueryCache cache;

    private final Watchdog watchdog = new Watchdog();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean refusing;

    /** Creates a cache with limits that tests do not reach. */
    TestCache() {
        this(1 << 20, Duration.ofHours(1));
    }

    TestCache(long maximumBytes, Duration queryTimeout) {
        CachePolicy policy = new CachePolicy(
                true,
                true,
                Invalidation.TAGS,
                new CachePolicy.Limits(1000, 1000, 5, ENTRY_BYTES, 0),
                Map.of("Post", MODEL_DEFAULT));
        cache = new QueryCache(
                policy,
                new QueryCache.Settings(
                        maximumBytes, queryTimeout, 2, watchdog, time, time, this::inBackground, new RecentRequests(0)),
                RelationGenerations.create());
    }

    /** Returns a reservation without a limit. */
    static Reservation memory() {
        return MemoryBudget.unlimited().open(MemoryBudget.NO_DATABASE, "");
    }

    private void inBackground(Runnable task) {
        if (task.getClass().getName().startsWith("com.github.benmanes.caffeine.")) {
            task.run();
        } else if (refusing) {
            throw new RejectedExecutionException("refused by the test");
        } else {
            tasks.add(task);
        }
    }

    /** Whether new background tasks are refused, as by an executor that is shutting down. */
    void refuseTasks(boolean refuse) {
        refusing = refuse;
    }

    /** Runs all background tasks until they end or reach a query that stops. */
    void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            Runnable next = task;
            stage.enter("task", _ -> next.run());
        }
    }

    int waitingTasks() {
        return tasks.size();
    }

    CacheKey key(int number) {
        return new CacheKey(new QuerySignature(number, 0, 0, 0), "remote-executor", cache.schemaEpoch(), null);
    }

    static CacheStrategy strategy(int ttl, int swr, String... tags) {
        return new CacheStrategy(ttl, swr, List.of(tags));
    }

    static Fill returning(String text) {
        return _ -> text.getBytes(StandardCharsets.US_ASCII);
    }

    static Fill failing(RuntimeException failure) {
        return _ -> {
            throw failure;
        };
    }

    static String text(CachedResponse response) {
        return new String(response.body().json().array(), StandardCharsets.US_ASCII);
    }

    /** Returns letters that compress to about half. */
    static String letters(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + ThreadLocalRandom.current().nextInt(16)));
        }
        return text.toString();
    }

    static byte[] gunzip(byte[] compressed) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a request and returns the response from the cache or from the query. */
    CachedResponse read(CacheKey key, CacheStrategy strategy, Fill fill) {
        return cache.fetch(new Lookup(key, strategy, null, false), new Cancellation(), fill);
    }

    CachedResponse read(CacheKey key, CacheStrategy strategy, String body) {
        return read(key, strategy, returning(body));
    }

    @Nullable
    CachedResponse find(CacheKey key, CacheStrategy strategy) {
        return cache.find(new Lookup(key, strategy, null, false));
    }

    /** Returns the freshness of the entry for a request; null if there is no usable entry. */
    @Nullable
    Freshness freshness(CacheKey key, CacheStrategy strategy) {
        CachedResponse response = find(key, strategy);
        return response == null ? null : response.freshness();
    }

    long count(Event event) {
        return cache.statistics().of(event);
    }

    /** A request in its own thread. Its query stops before it returns until the test lets it continue. */
    final class Reader {
        final Cancellation own = new Cancellation();
        private final Actor actor;
        private volatile @Nullable Cancellation query;
        private volatile @Nullable CachedResponse response;
        private volatile @Nullable Throwable failure;

        private Reader(CacheKey key, CacheStrategy strategy, Fill fill) {
            actor = stage.enter("reader", self -> read(self, key, strategy, fill));
        }

        private void read(Actor self, CacheKey key, CacheStrategy strategy, Fill fill) {
            try {
                response = cache.fetch(new Lookup(key, strategy, null, false), own, cancellation -> {
                    query = cancellation;
                    self.stopAt("query");
                    return fill.read(cancellation);
                });
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }

        /** Lets its query return. */
        void goOn() {
            stage.pass(actor);
        }

        /** Disconnects its client. */
        void leave() {
            own.cancel(Cancellation.Reason.DISCONNECT);
            stage.settle();
        }

        boolean runsAQuery() {
            return actor.isAtGate();
        }

        boolean waits() {
            return !actor.isDone() && actor.isWaitingForAnother();
        }

        /** Returns the cancellation of its query; fails if it runs no query. */
        Cancellation query() {
            return Objects.requireNonNull(query, "no query");
        }

        CachedResponse response() {
            return Objects.requireNonNull(response, "no answer");
        }

        @Nullable
        Throwable failure() {
            return failure;
        }
    }

    /** Starts a request. */
    Reader reads(CacheKey key, CacheStrategy strategy, Fill fill) {
        return new Reader(key, strategy, fill);
    }

    Reader reads(CacheKey key, CacheStrategy strategy, String body) {
        return new Reader(key, strategy, returning(body));
    }

    @Override
    public void close() {
        watchdog.close();
    }
}
