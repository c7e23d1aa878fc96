package dev.hasten.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hasten.bench.http.CacheStatus;
import dev.hasten.bench.http.Expectation;
import dev.hasten.bench.http.Request;
import dev.hasten.bench.http.Response;
import dev.hasten.bench.http.Target;
import dev.hasten.bench.http.Values;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loads on a real socket. No test asserts that something is fast. */
class LoadTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Expectation EMPTY = Expectation.of("{", 2, 2);

    /** Repeats one request. */
    private record Asking(Request request) implements Script {
        @Override
        public void begin(Outbox out) {
            out.send(request, new Values());
        }

        @Override
        public Outcome responded(Response response, Outbox out) {
            String complaint = EMPTY.complaint(response, new Values());
            return complaint == null ? Outcome.DONE : new Outcome.Failed(complaint);
        }
    }

    private static Shape asking(Target target) {
        return new Shape.Steady(() -> new Asking(Request.of(target, "/query", "{}")), 1);
    }

    private static LoadSettings closed(int connections, int loops, long operations) {
        return new LoadSettings(connections, loops, 0, Duration.ZERO, LONG, operations, LONG);
    }

    private static LoadSettings open(double rate, int connections, int loops, long operations) {
        return new LoadSettings(connections, loops, rate, Duration.ZERO, LONG, operations, LONG);
    }

    private static Measurement run(Target target, LoadSettings settings) throws Exception {
        try (Load load = new Load(target, settings.eventLoops())) {
            return load.run(asking(target), settings, Probe.NONE);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "8, 1, 100", "7, 2, 101", "1, 3, 10"})
    void aClosedLoopRunsExactlyTheGivenNumberOfOperations(int connections, int loops, int operations) throws Exception {
        try (FakeServer server = new FakeServer((_, _) -> FakeServer.OK)) {
            Measurement measured = run(server.target(), closed(connections, loops, operations));

            assertThat(measured.operations()).isEqualTo(operations);
            assertThat(measured.requests()).isEqualTo(operations);
            assertThat(measured.bodyBytes()).isEqualTo(2L * operations);
            assertThat(measured.failures()).isEmpty();
            assertThat(server.requests()).isEqualTo(operations);
        }
    }

    /**
     * 200 requests arrive per second, and the first takes half a second. A generator that waits for the response would
     * measure one slow request in a hundred. But 80 of the requests that arrive in the meantime wait more than 100 ms.
     */
    @Test
    void aStallAffectsTheLatencyOfAllRequestsThatArriveDuringIt() throws Exception {
        long stall = 500;
        CountDownLatch never = new CountDownLatch(1);
        try (FakeServer server = new FakeServer((number, _) -> {
            if (number == 1) {
                boolean _ = never.await(stall, TimeUnit.MILLISECONDS);
            }
            return FakeServer.OK;
        })) {
            Measurement measured = run(server.target(), open(200, 1, 1, 100));

            assertThat(measured.operations()).isEqualTo(100);
            assertThat(measured.latencies().getMaxValue())
                    .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(stall - 10));
            assertThat(measured.latencies().getCountBetweenValues(TimeUnit.MILLISECONDS.toNanos(100), Long.MAX_VALUE))
                    .isGreaterThanOrEqualTo(75);
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "4, 3"})
    void allArrivalsAreSentAndNoneTooEarly(int connections, int loops) throws Exception {
        try (FakeServer server = new FakeServer((_, _) -> FakeServer.OK)) {
            Measurement measured = run(server.target(), open(1000, connections, loops, 100));

            assertThat(measured.operations()).isEqualTo(100);
            assertThat(measured.failures()).isEmpty();
            // The last one arrives 99 ms after the first.
            assertThat(measured.elapsedNanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(99));
        }
    }

    @Test
    void anArrivalThatNeverGetsAConnectionIsAFailure() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (FakeServer server = new FakeServer((_, _) -> {
            end.await();
            return FakeServer.OK;
        })) {
            LoadSettings settings = new LoadSettings(
                    1, 1, 100, Duration.ZERO, Duration.ofMillis(100), Long.MAX_VALUE, Duration.ofMillis(200));

            Measurement measured = run(server.target(), settings);

            assertThat(measured.operations()).isZero();
            assertThat(measured.failed()).isEqualTo(10);
            assertThat(measured.failures())
                    .containsKeys("no response within 200 ms", "no free connection until one --timeout after the end");
        } finally {
            end.countDown();
        }
    }

    @Test
    void failuresAreCountedByReason() throws Exception {
        try (FakeServer server = new FakeServer((number, _) -> number % 2 == 0
                ? "HTTP/1.1 422 No\r\nprisma-error-code: P2024\r\ncontent-length: 2\r\n\r\n{}"
                : FakeServer.OK)) {
            Measurement measured = run(server.target(), closed(1, 1, 10));

            assertThat(measured.operations()).isEqualTo(5);
            assertThat(measured.failures()).isEqualTo(Map.of("422 P2024", 5L));
        }
    }

    @Test
    void aBrokenConnectionIsAFailureAndIsReopened() throws Exception {
        try (FakeServer server = new FakeServer((number, _) -> number == 3 ? null : FakeServer.OK)) {
            Measurement measured = run(server.target(), closed(1, 1, 10));

            assertThat(measured.operations()).isEqualTo(9);
            assertThat(measured.failed()).isOne();
            assertThat(measured.reconnects()).isOne();
        }
    }

    @Test
    void aConnectionThatTheServerWillCloseIsNotReused() throws Exception {
        String last = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
        try (FakeServer server = new FakeServer((_, _) -> last)) {
            Measurement measured = run(server.target(), closed(2, 1, 2));

            assertThat(measured.operations()).isEqualTo(2);
            assertThat(measured.failures()).isEmpty();
        }
    }

    @Test
    void aStampedeUsesAllConnectionsAfterEachInvalidation() throws Exception {
        String miss = "HTTP/1.1 200 OK\r\naccelerate-cache-status: miss\r\ncontent-length: 2\r\n\r\n{}";
        try (FakeServer server = new FakeServer((_, path) -> path.equals("/invalidate") ? FakeServer.OK : miss);
                Load load = new Load(server.target(), 1)) {
            Shape shape = new Shape.Stampede(
                    () -> new Asking(Request.of(server.target(), "/query", "{}")),
                    new Asking(Request.of(server.target(), "/invalidate", "{}")));

            Measurement measured = load.run(shape, closed(8, 1, 24), Probe.NONE);

            assertThat(measured.operations()).isEqualTo(24);
            assertThat(measured.rounds()).extracting(Measurement.Round::misses).isEqualTo(List.of(8L, 8L, 8L));
            assertThat(measured.cache()).containsEntry(CacheStatus.MISS, 24L);
            assertThat(server.requests()).isEqualTo(27);
        }
    }

    @Test
    void aCrowdStaysOpenAndUsable() throws Exception {
        try (FakeServer server = new FakeServer((_, _) -> FakeServer.OK);
                Load load = new Load(server.target(), 2);
                Crowd crowd = load.crowd(asking(server.target()), closed(100, 2, 1))) {
            assertThat(crowd.ask().operations()).isEqualTo(100);
            assertThat(crowd.open()).isEqualTo(100);
            assertThat(crowd.ask().operations()).isEqualTo(100);
        }
    }

    @Test
    void aLoadThatIsStoppedEnds() throws Exception {
        CountDownLatch begun = new CountDownLatch(20);
        try (FakeServer server = new FakeServer((_, _) -> {
                    begun.countDown();
                    return FakeServer.OK;
                });
                Load load = new Load(server.target(), 1)) {
            Thread.ofVirtual().start(() -> {
                try {
                    begun.await();
                } catch (InterruptedException e) {
                    // Then the load is stopped at once.
                }
                load.stop();
            });

            assertThatExceptionOfType(CancellationException.class)
                    .isThrownBy(() -> load.run(asking(server.target()), closed(2, 1, Long.MAX_VALUE), Probe.NONE));
        }
    }

    @Test
    void anUnreachableServerIsReported() throws Exception {
        FakeServer server = new FakeServer((_, _) -> FakeServer.OK);
        Target target = server.target();
        server.close();

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> run(target, closed(1, 1, 1)))
                .withMessageStartingWith("no connection to http://127.0.0.1:")
                .withMessageNotContaining("key");
    }
}
