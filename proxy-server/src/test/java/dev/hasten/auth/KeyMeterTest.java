package dev.hasten.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.auth.KeyMeter.LimitState;
import dev.hasten.config.KeyLimits;
import dev.hasten.config.KeyScope;
import dev.hasten.telemetry.Metrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyMeterTest {
    private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");
    private static final long SECOND = 1_000_000_000L;

    private final KeyMeter meter = new KeyMeter(NOON);

    private static KeyLimits rate(int perSecond, int burst) {
        return new KeyLimits(perSecond, burst, 0, 0, 0, 0, 0);
    }

    private int admitted(KeyLimits limits, int requests, long nanos) {
        int count = 0;
        for (int i = 0; i < requests; i++) {
            count += meter.admit(limits, NOON, nanos) == null ? 1 : 0;
        }
        return count;
    }

    @Test
    void aBurstIsAllowedAndThenTheRate() {
        KeyLimits limits = rate(10, 20);
        assertThat(admitted(limits, 100, 0)).isEqualTo(20);
        assertThat(admitted(limits, 100, SECOND / 10)).isEqualTo(1);
        assertThat(admitted(limits, 100, SECOND)).isEqualTo(9);
        assertThat(admitted(limits, 100, 100 * SECOND)).isEqualTo(20);
        assertThat(meter.refused()).isEqualTo(400 - 50);
    }

    @Test
    void theStateSaysWhatIsLeftAndWhenMoreIsAllowed() {
        KeyLimits limits = rate(2, 10);
        admitted(limits, 10, 0);
        LimitState refused = Objects.requireNonNull(meter.admit(limits, NOON, 0));
        assertThat(refused).isEqualTo(new LimitState("second", 10, "requests", 5, 0, 1));
        assertThat(meter.states(limits, NOON, SECOND)).singleElement().satisfies(state -> {
            assertThat(state.remaining()).isEqualTo(2);
            assertThat(state.resetSeconds()).isEqualTo(4);
        });
    }

    @Test
    void quotasEndWithTheDayAndTheMonthInUtc() {
        KeyLimits limits = new KeyLimits(0, 0, 0, 2, 3, 0, 0);
        assertThat(admitted(limits, 5, 0)).isEqualTo(2);
        LimitState exceeded = Objects.requireNonNull(meter.admit(limits, NOON, 0));
        assertThat(exceeded.name()).isEqualTo("day");
        assertThat(exceeded.resetSeconds()).isBetween(43_200L, 43_201L);

        Instant december = NOON.plusSeconds(43_200);
        assertThat(meter.usage(december).requestsToday()).isZero();
        assertThat(meter.usage(december).requestsThisMonth()).isZero();
        assertThat(meter.admit(limits, december, 0)).isNull();
        assertThat(meter.admit(limits, december, 0)).isNull();
        Instant nextDay = december.plusSeconds(86_400);
        assertThat(meter.admit(limits, nextDay, 0)).isNull();
        assertThat(Objects.requireNonNull(meter.admit(limits, nextDay, 0)).name())
                .isEqualTo("month");
    }

    @Test
    void bytesCountAfterTheRequestThatUsedThem() {
        KeyLimits limits = new KeyLimits(0, 0, 0, 0, 0, 1000, 0);
        assertThat(meter.admit(limits, NOON, 0)).isNull();
        meter.addBytes(1500);
        assertThat(Objects.requireNonNull(meter.admit(limits, NOON, 0)).name()).isEqualTo("day-bytes");
    }

    @Test
    void concurrentRequestsAreLimited() {
        KeyLimits limits = new KeyLimits(0, 0, 2, 0, 0, 0, 0);
        assertThat(meter.begin(limits)).isTrue();
        assertThat(meter.begin(limits)).isTrue();
        assertThat(meter.begin(limits)).isFalse();
        meter.end();
        assertThat(meter.begin(limits)).isTrue();
    }

    @Test
    void parallelRequestsNeverExceedTheBurst() throws InterruptedException {
        KeyLimits limits = rate(1, 1000);
        AtomicInteger admitted = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(() -> admitted.addAndGet(admitted(limits, 1000, 0))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(admitted).hasValue(1000);
    }

    @Test
    void useSurvivesARestart(@TempDir Path directory) {
        ApiKey key = new ApiKey("abcdefgh", "web", "main", KeyScope.DEFAULT, null, null, ApiKey.Source.FILE);
        Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
        Path file = directory.resolve("state/key-usage.json");
        try (KeyMeters meters = new KeyMeters(file, () -> List.of(key), clock, KeyMeters.Listener.NONE)) {
            meters.of(key).count(NOON);
            meters.of(key).addBytes(500);
        }
        assertThat(file).exists();
        try (KeyMeters meters = new KeyMeters(file, () -> List.of(key), clock, KeyMeters.Listener.NONE)) {
            KeyMeter.Usage usage = meters.of(key).usage(NOON);
            assertThat(usage.requestsToday()).isOne();
            assertThat(usage.bytesThisMonth()).isEqualTo(500);
            assertThat(usage.lastUsed()).isEqualTo(NOON);
            assertThat(meters.of(key).usage(NOON.plusSeconds(86_400)).requestsToday())
                    .isZero();
        }
    }

    @Test
    void aBrokenFileDoesNotPreventAStart(@TempDir Path directory) throws Exception {
        ApiKey key = new ApiKey("abcdefgh", "web", "main", KeyScope.DEFAULT, null, null, ApiKey.Source.FILE);
        Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
        Path file = directory.resolve("key-usage.json");
        for (String content : new String[] {
            "",
            "{",
            "[]",
            "{\"version\":1}",
            "{\"version\":1,\"keys\":[{\"id\":\"abcdefgh\",\"database\":\"main\",\"day\":\"x\"}]}"
        }) {
            Files.writeString(file, content);
            try (KeyMeters meters = new KeyMeters(file, () -> List.of(key), clock, KeyMeters.Listener.NONE)) {
                assertThat(meters.of(key).usage(NOON).requestsToday())
                        .as(content)
                        .isZero();
            }
        }
    }

    @Test
    void theMetricsOfARevokedKeyAreRemovedWithItsUse(@TempDir Path directory) {
        ApiKey key = new ApiKey("abcdefgh", "web", "main", KeyScope.DEFAULT, null, null, ApiKey.Source.FILE);
        List<ApiKey> existing = new CopyOnWriteArrayList<>(List.of(key));
        Metrics metrics = new Metrics();
        KeyMeters.Listener watching = new KeyMeters.Listener() {
            @Override
            public void opened(ApiKey opened, KeyMeter meter) {
                metrics.watch(opened, meter);
            }

            @Override
            public void removed(ApiKey removed) {
                metrics.unwatch(removed);
            }
        };
        Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
        try (KeyMeters meters = new KeyMeters(directory.resolve("use.json"), () -> existing, clock, watching)) {
            meters.of(key).count(NOON);
            assertThat(metrics.scrape()).contains("key=\"abcdefgh\"");
            existing.clear();
        }
        assertThat(metrics.scrape()).doesNotContain("key=\"abcdefgh\"");
    }

    @Test
    void aSmallBurstDoesNotReduceTheReportedRate() {
        KeyMeter meter = new KeyMeter(NOON);
        LimitState state =
                meter.states(new KeyLimits(50, 3, 0, 0, 0, 0, 0), NOON, 0).getFirst();
        assertThat(state.quota()).isEqualTo(50);
        assertThat(state.windowSeconds()).isEqualTo(1);
        assertThat(state.remaining()).isEqualTo(3);
    }
}
