package dev.hasten.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.postgres.PoolObserver;
import dev.hasten.telemetry.Metrics.RequestLabels;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is recorded appears in the Prometheus text, and the number of its lines is bounded. */
final class MetricsTest {
    private static final long MILLISECOND = 1_000_000;

    @AutoClose
    private final Metrics metrics = new Metrics();

    /** The lines of our own meters. */
    private List<String> lines() {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("hasten_"))
                .toList();
    }

    private List<String> linesWith(String part) {
        return lines().stream().filter(line -> line.contains(part)).toList();
    }

    @Test
    void requestIsCountedByRouteMethodAndStatus() {
        metrics.request(new RequestLabels("/transaction/{id}/query", "POST", 200, "default", "miss"), 3 * MILLISECOND);
        metrics.request(new RequestLabels("/transaction/{id}/query", "POST", 200, "default", "miss"), 3 * MILLISECOND);
        metrics.request(new RequestLabels("unmatched", "other", 404, "default", "miss"), 3 * MILLISECOND);
        assertThat(linesWith("request_duration_seconds_count"))
                .containsExactlyInAnyOrder(
                        "hasten_http_request_duration_seconds_count{method=\"POST\",route=\"/transaction/{id}/query\",status=\"200\"} 2",
                        "hasten_http_request_duration_seconds_count{method=\"other\",route=\"unmatched\",status=\"404\"} 1");
        assertThat(linesWith("request_duration_seconds_sum"))
                .contains(
                        "hasten_http_request_duration_seconds_sum{method=\"POST\",route=\"/transaction/{id}/query\",status=\"200\"} 0.006");
    }

    @Test
    void durationIsInTheBucketsUpToItsUpperBound() {
        metrics.statement("default", 5 * MILLISECOND, false);
        metrics.statement("default", 100_000 * MILLISECOND, false);
        List<String> buckets = linesWith("statement_duration_seconds_bucket");
        assertThat(buckets)
                .hasSize(12)
                .contains(
                        "hasten_statement_duration_seconds_bucket{database=\"default\",outcome=\"success\",le=\"0.0025\"} 0",
                        "hasten_statement_duration_seconds_bucket{database=\"default\",outcome=\"success\",le=\"0.005\"} 1",
                        "hasten_statement_duration_seconds_bucket{database=\"default\",outcome=\"success\",le=\"10.0\"} 1",
                        "hasten_statement_duration_seconds_bucket{database=\"default\",outcome=\"success\",le=\"+Inf\"} 2");
    }

    @Test
    void statementsAreCountedByDatabaseAndOutcomeOnly() {
        for (int i = 0; i < 1000; i++) {
            metrics.statement(i % 2 == 0 ? "a" : "b", i * MILLISECOND, i % 3 == 0);
        }
        assertThat(linesWith("statement_duration_seconds_count"))
                .containsExactlyInAnyOrder(
                        "hasten_statement_duration_seconds_count{database=\"a\",outcome=\"success\"} 333",
                        "hasten_statement_duration_seconds_count{database=\"a\",outcome=\"error\"} 167",
                        "hasten_statement_duration_seconds_count{database=\"b\",outcome=\"success\"} 333",
                        "hasten_statement_duration_seconds_count{database=\"b\",outcome=\"error\"} 167");
    }

    @Test
    void linesDoNotGrowWithTheNumberOfEvents() {
        Runnable events = () -> {
            metrics.request(new RequestLabels("/query", "POST", 200, "default", "miss"), MILLISECOND);
            metrics.statement("default", MILLISECOND, true);
            metrics.pool("default").cancelled(Cancellation.Reason.TIMEOUT);
        };
        events.run();
        int lines = lines().size();
        for (int i = 0; i < 1000; i++) {
            events.run();
        }
        assertThat(lines()).hasSize(lines);
    }

    @ParameterizedTest
    @EnumSource
    void cancellationIsCountedByReason(Cancellation.Reason reason) {
        metrics.pool("default").cancelled(reason);
        assertThat(linesWith("cancellations"))
                .containsExactly("hasten_statement_cancellations_total{database=\"default\",reason=\""
                        + reason.name().toLowerCase(Locale.ROOT) + "\"} 1.0");
    }

    @Test
    void requestIsCountedByDatabaseAndUseOfTheCache() {
        metrics.request(new RequestLabels("/query", "POST", 200, "shop", "hit"), MILLISECOND);
        metrics.request(new RequestLabels("/query", "POST", 200, "shop", "miss"), MILLISECOND);
        metrics.request(new RequestLabels("/query", "POST", 401, "", ""), MILLISECOND);
        assertThat(linesWith("http_requests_total"))
                .containsExactlyInAnyOrder(
                        "hasten_http_requests_total{cache=\"hit\",database=\"shop\",method=\"POST\",route=\"/query\",status=\"200\"} 1.0",
                        "hasten_http_requests_total{cache=\"miss\",database=\"shop\",method=\"POST\",route=\"/query\",status=\"200\"} 1.0",
                        "hasten_http_requests_total{cache=\"\",database=\"\",method=\"POST\",route=\"/query\",status=\"401\"} 1.0");
        assertThat(linesWith("request_duration_seconds_count"))
                .contains(
                        "hasten_http_request_duration_seconds_count{method=\"POST\",route=\"/query\",status=\"200\"} 2");
    }

    @Test
    void errorCodesHaveABoundedNumberOfLabels() {
        for (int i = 0; i < 10_000; i++) {
            metrics.error("shop", String.format(Locale.ROOT, "X%04d", i));
        }
        metrics.error("shop", "");
        assertThat(linesWith("hasten_errors_total"))
                .containsExactly("hasten_errors_total{code=\"other\",database=\"shop\"} 10001.0");
    }

    @ParameterizedTest
    @CsvSource({
        "P2024, P2024",
        "P1001, P1001",
        "23505, 23",
        "08006, 08",
        "P0001, P0",
        "XX000, XX",
        "AB001, other",
        "P9999, other"
    })
    void errorIsCountedByCodeOrClass(String code, String counted) {
        metrics.error("shop", code);
        assertThat(linesWith("hasten_errors_total"))
                .containsExactly("hasten_errors_total{code=\"" + counted + "\",database=\"shop\"} 1.0");
    }

    @Test
    void poolIsTimed() {
        PoolObserver pool = metrics.pool("shop");
        pool.connected(3 * MILLISECOND);
        pool.used(20 * MILLISECOND);
        pool.timedOut();
        metrics.waited("shop", 2 * MILLISECOND);
        assertThat(lines())
                .contains(
                        "hasten_pool_connect_seconds_sum{database=\"shop\"} 0.003",
                        "hasten_pool_use_seconds_sum{database=\"shop\"} 0.02",
                        "hasten_pool_wait_seconds_sum{database=\"shop\"} 0.002",
                        "hasten_pool_timeouts_total{database=\"shop\"} 1.0");
    }

    @Test
    void everyCacheEventHasExactlyOneCounter() {
        assertThat(CacheCounter.ALL).extracting(CacheCounter::event).containsExactlyInAnyOrder(Event.values());
        assertThat(CacheCounter.ALL)
                .extracting(counter -> counter.name() + counter.tags())
                .doesNotHaveDuplicates();
    }

    /** Prometheus rejects counters with the same name but different labels or texts. */
    @Test
    void countersOfOneNameDifferOnlyInTheValueOfATag() {
        for (CacheCounter a : CacheCounter.ALL) {
            for (CacheCounter b : CacheCounter.ALL) {
                if (a.name().equals(b.name())) {
                    assertThat(a.description()).isEqualTo(b.description());
                    assertThat(keys(a)).isEqualTo(keys(b));
                }
            }
        }
    }

    private static List<String> keys(CacheCounter counter) {
        return counter.tags().stream().map(tag -> tag.getKey()).toList();
    }

    @Test
    void memoryIsReportedByUseAndDatabase() {
        MemoryBudget budget = new MemoryBudget(8 << 20, List.of("default"));
        metrics.watch(budget, List.of("default"));
        Reservation memory = budget.open("default", "key");
        memory.take(MemoryUse.RESULTS, 100_000);
        try (Reservation other = budget.open("default", "other")) {
            other.take(MemoryUse.REQUESTS, 64 << 20);
        } catch (MemoryExhaustedException e) {
            assertThat(e.share()).isEqualTo(MemoryExhaustedException.Share.DATABASE);
        }
        // The registry has only weak references to counters.
        System.gc();
        assertThat(lines())
                .contains(
                        "hasten_memory_used_bytes{use=\"results\"} 100000.0",
                        "hasten_memory_used_bytes{use=\"requests\"} 0.0",
                        "hasten_memory_limit_bytes 8388608.0",
                        "hasten_memory_database_bytes{database=\"default\"} " + budget.usedBytes("default") + ".0",
                        "hasten_memory_refusals_total{database=\"default\",share=\"database\"} 1.0",
                        "hasten_memory_refusals_total{database=\"default\",share=\"key\"} 0.0");
        assertThat(linesWith("memory_used_bytes")).hasSameSizeAs(Arrays.asList(MemoryUse.values()));
        memory.close();
    }

    @Test
    void countsOfOthersAreReadWhenScraped() {
        AtomicLong count = new AtomicLong(1);
        metrics.watchPlanLookups(count::get, () -> 10 * count.get());
        metrics.watchWrongKeys(() -> 2 * count.get(), () -> 3 * count.get(), () -> 4 * count.get());
        metrics.watchConnections(() -> 5 * (int) count.get());
        count.set(100);
        // The registry has only weak references to counters.
        System.gc();
        assertThat(lines())
                .contains(
                        "hasten_plan_lookups_total{result=\"hit\"} 100.0",
                        "hasten_plan_lookups_total{result=\"miss\"} 1000.0",
                        "hasten_wrong_key_requests_total 200.0",
                        "hasten_wrong_key_requests_throttled_total 300.0",
                        "hasten_wrong_key_addresses 400.0",
                        "hasten_http_connections 500.0");
    }

    @Test
    void namesFollowTheConventionsOfPrometheus() {
        assertThat(metrics.scrape())
                .contains("\nprocess_cpu_seconds_total ", "\njvm_memory_used_bytes{")
                .doesNotContain("process_cpu_time", "system_cpu_count");
    }
}
