package dev.hasten.invalidation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.protocol.ApiError;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InvalidationRateTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private int passing(InvalidationRate rate) {
        int passed = 0;
        try {
            while (passed < 2_000_000) {
                rate.take();
                passed++;
            }
        } catch (ApiError e) {
            assertThat(e.status()).isEqualTo(429);
        }
        return passed;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100, 1_000_000})
    void aBurstOfOneSecondPassesAtOnceAndAgainASecondLater(int perSecond) {
        InvalidationRate rate = new InvalidationRate(perSecond, nanos::get);
        assertThat(passing(rate)).isEqualTo(perSecond);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(passing(rate)).isEqualTo(perSecond);
    }

    @Test
    void unusedCapacityDoesNotAccumulate() {
        InvalidationRate rate = new InvalidationRate(10, nanos::get);
        nanos.addAndGet(TimeUnit.DAYS.toNanos(1));
        assertThat(passing(rate)).isEqualTo(10);
    }

    @Test
    void theNextOnePassesAfterAFractionOfASecond() {
        InvalidationRate rate = new InvalidationRate(10, nanos::get);
        passing(rate);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(99));
        assertThatThrownBy(rate::take).isInstanceOf(ApiError.class);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        assertThatCode(rate::take).doesNotThrowAnyException();
    }

    @Test
    void zeroMeansNoLimit() {
        assertThat(passing(new InvalidationRate(0, nanos::get))).isEqualTo(2_000_000);
    }
}
