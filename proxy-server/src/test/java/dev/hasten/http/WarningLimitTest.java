package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarningLimitTest {
    @Test
    void oneWarningPerMinuteIsAllowed() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
        WarningLimit limit = new WarningLimit(nanos::get);
        assertThat(limit.allows()).isTrue();
        assertThat(limit.allows()).isFalse();
        nanos.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
        assertThat(limit.allows()).isFalse();
        nanos.addAndGet(1);
        assertThat(limit.allows()).isTrue();
    }
}
