package dev.hasten.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.CacheKey;
import dev.hasten.cache.CachePolicy;
import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.Cause;
import dev.hasten.cache.Confirmation;
import dev.hasten.cache.Invalidation;
import dev.hasten.cache.QueryCache;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.cache.RecentRequests;
import dev.hasten.cache.RelationGenerations;
import dev.hasten.cache.RelationIds;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.Watchdog;
import dev.hasten.postgres.ChangeFeedException;
import dev.hasten.postgres.LogSnapshot;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The promise of the change stream under random interleavings, with a model of PostgreSQL: a commit is written to the log,
 * flushed, delivered by the stream, made visible and acknowledged. With asynchronous commits and without, visibility can
 * precede or follow the delivery. Other events happen inside of every step of the cache that takes time.
 */
final class StreamModelTest {
    private static final Cause CAUSE = new Cause(Cause.Kind.WRITE, "test");
    private static final Watchdog WATCHDOG = new Watchdog();
    private static final int RUNS = 3_000;
    /** Until a mistake must have been found. */
    private static final int MOST_RUNS = 20 * RUNS;

    private static final int READS = 40;
    private static final int BOUND = 25;
    private static final RelationIds RELATION = RelationIds.of(List.of(7));
    private static final CacheKey KEY = new CacheKey(new QuerySignature(1, 0, 0, 0), "model", 0, null);
    private static final CacheStrategy HOUR = new CacheStrategy(3600, 0, List.of());

    @AfterAll
    static void stop() {
        WATCHDOG.close();
    }

    /** Plausible mistakes. Each must be found, or the model would prove nothing. */
    enum Mistake {
        NONE,
        /** A probe waits for the position that is flushed, not for the one that is inserted. */
        FLUSH_POSITION,
        /** Relations are outdated when a commit is delivered, but not again when it is visible. */
        SINGLE_MOVE,
        /** The moment of the confirmation is the end of the probe. */
        LATE_CONFIRMATION,
        /** A probe does not wait for the stream. */
        NO_WAIT
    }

    private static final class Postgres {
        private int next = 1;
        /** Transactions whose commit is in the log, in its order. */
        private final List<Integer> log = new ArrayList<>();

        private int flushed;
        private final Set<Integer> visible = new TreeSet<>();
        /** When each transaction was acknowledged. */
        private final Map<Integer, Integer> acknowledged = new TreeMap<>();
    }

    private static final class World implements Confirmation {
        private final Random random;
        private final Mistake mistake;
        private final Postgres postgres = new Postgres();
        private final RelationGenerations relations = RelationGenerations.create();
        private final CommitLog commits;
        private final QueryCache cache;
        private int now;
        private int delivered;
        private @Nullable LogSnapshot probe;
        private int probeStarted;
        private int confirmedAt = Integer.MIN_VALUE / 2;
        private int violations;

        World(long seed, Mistake mistake) {
            this.random = new Random(seed);
            this.mistake = mistake;
            // Sometimes so few that the log overflows.
            this.commits = new CommitLog(relations, random.nextInt(4) == 0 ? 2 : 1000);
            this.cache = new QueryCache(
                    new CachePolicy(
                            true,
                            true,
                            Invalidation.STREAM,
                            new CachePolicy.Limits(10_000, 10_000, 5, 1 << 20, 0),
                            Map.of()),
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
                    this);
        }

        @Override
        public boolean isConfirmed() {
            for (int i = random.nextInt(8); i > 0; i--) {
                event();
            }
            return now - confirmedAt <= BOUND;
        }

        private void events() {
            for (int i = random.nextInt(4); i > 0; i--) {
                event();
            }
        }

        private void event() {
            now++;
            switch (random.nextInt(12)) {
                case 0 -> postgres.log.add(postgres.next++);
                case 1, 2 -> postgres.flushed = postgres.log.size();
                case 3, 4 -> becomesVisible();
                case 5, 6 -> acknowledge();
                case 7, 8, 9 -> deliver();
                default -> probe();
            }
        }

        private void becomesVisible() {
            postgres.log.stream()
                    .filter(transaction -> !postgres.visible.contains(transaction))
                    .skip(random.nextInt(2))
                    .findFirst()
                    .ifPresent(postgres.visible::add);
        }

        private void acknowledge() {
            postgres.visible.stream()
                    .filter(transaction -> !postgres.acknowledged.containsKey(transaction))
                    .findFirst()
                    .ifPresent(transaction -> postgres.acknowledged.put(transaction, now));
        }

        private void deliver(int transaction) {
            try {
                commits.delivered(transaction, RELATION, delivered);
            } catch (ChangeFeedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void deliver() {
            if (delivered < postgres.flushed) {
                int transaction = postgres.log.get(delivered++);
                if (mistake == Mistake.SINGLE_MOVE) {
                    relations.changed(RELATION, CAUSE);
                } else {
                    deliver(transaction);
                }
            }
        }

        private void probe() {
            LogSnapshot current = probe;
            if (current == null) {
                Set<Integer> running = new HashSet<>();
                for (int transaction = 1; transaction < postgres.next; transaction++) {
                    if (!postgres.visible.contains(transaction)) {
                        running.add(transaction);
                    }
                }
                long position = mistake == Mistake.FLUSH_POSITION ? postgres.flushed : postgres.log.size();
                probe = new LogSnapshot(position, postgres.next, running, false);
                probeStarted = now;
            } else if (delivered >= current.position() || mistake == Mistake.NO_WAIT) {
                commits.visible(current);
                confirmedAt = mistake == Mistake.LATE_CONFIRMATION ? now : probeStarted;
                probe = null;
            }
        }

        private void read() {
            int arrived = now;
            var response = cache.fetch(new Lookup(KEY, HOUR, null, false, RELATION), new Cancellation(), _ -> {
                events();
                byte[] data = new byte[postgres.next];
                postgres.visible.forEach(transaction -> data[transaction] = 1);
                events();
                return data;
            });
            byte[] data = response.body().json().array();
            boolean old = postgres.acknowledged.entrySet().stream()
                    .anyMatch(entry -> entry.getValue() <= arrived - BOUND
                            && (entry.getKey() >= data.length || data[entry.getKey()] == 0));
            violations += old ? 1 : 0;
        }

        World play() {
            for (int i = 0; i < READS; i++) {
                events();
                read();
            }
            return this;
        }
    }

    @Test
    void noReadIsOlderThanTheBound() {
        long hits = 0;
        for (long seed = 0; seed < RUNS; seed++) {
            World world = new World(seed, Mistake.NONE).play();
            assertThat(world.violations).as("old reads with seed " + seed).isZero();
            hits += world.cache.statistics().of(Event.HIT);
        }
        // An empty cache would keep the promise, too.
        assertThat(hits).as("hits").isGreaterThan(RUNS);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyMistakeIsFound(Mistake mistake) {
        long violations = 0;
        for (long seed = 0; seed < MOST_RUNS && violations == 0; seed++) {
            violations += new World(seed, mistake).play().violations;
        }
        assertThat(violations).isPositive();
    }
}
