package dev.hasten.auth;

import dev.hasten.config.KeyLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Measures the use of an API key and enforces its {@link KeyLimits}. Thread-safe; a key without limits takes no lock.
 *
 * <p>The rate is limited with the generic cell rate algorithm: one number, the time at which the bucket is full again.
 */
public final class KeyMeter {
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final String REQUESTS = "requests";
    private static final String BYTES = "content-bytes";
    private static final String CONCURRENT = "concurrent-requests";

    private final LongAdder requests = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicLong fullAtNanos = new AtomicLong(Long.MIN_VALUE);
    private volatile long lastUsedMillis;
    private volatile Period period;

    /**
     * The use since the start of the day and of the month, as the totals at their starts.
     *
     * @param day as days since 1970
     */
    private record Period(long day, long dayRequests, long dayBytes, long month, long monthRequests, long monthBytes) {}

    /**
     * The use of a key. Days and months are those of UTC.
     *
     * @param refused requests that exceeded a limit, since the server started
     * @param lastUsed null if it was never used
     * @param running requests that run now
     */
    public record Usage(
            @Nullable Instant lastUsed,
            LocalDate day,
            long requestsToday,
            long bytesToday,
            YearMonth month,
            long requestsThisMonth,
            long bytesThisMonth,
            long refused,
            int running) {}

    /**
     * A limit with its state, as in the draft of the RateLimit header fields.
     *
     * @param name such as {@code second}
     * @param quota how much is allowed in a window
     * @param unit what is counted; {@code requests} is the default of the draft
     * @param windowSeconds 0 if it has no window
     * @param remaining what is left
     * @param resetSeconds when more is available; 0 if it has no window
     */
    public record LimitState(
            String name, long quota, String unit, long windowSeconds, long remaining, long resetSeconds) {
        /** Whether a request must be refused. */
        boolean isExceeded() {
            return remaining <= 0;
        }
    }

    /** A meter that has counted nothing. */
    public KeyMeter(Instant now) {
        LocalDate today = today(now);
        this.period = new Period(today.toEpochDay(), 0, 0, month(today), 0, 0);
    }

    private static LocalDate today(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC);
    }

    private static long month(LocalDate day) {
        return day.getYear() * 12L + day.getMonthValue() - 1;
    }

    /** Restores the use from before a restart. What belongs to another day or month does not count. */
    synchronized void restore(Usage usage, Instant now) {
        lastUsedMillis = usage.lastUsed() == null ? 0 : usage.lastUsed().toEpochMilli();
        LocalDate today = today(now);
        boolean sameDay = usage.day().equals(today);
        boolean sameMonth = usage.month().equals(YearMonth.from(today));
        period = new Period(
                today.toEpochDay(),
                sameDay ? -usage.requestsToday() : 0,
                sameDay ? -usage.bytesToday() : 0,
                month(today),
                sameMonth ? -usage.requestsThisMonth() : 0,
                sameMonth ? -usage.bytesThisMonth() : 0);
    }

    /**
     * Counts a request.
     *
     * @param nanos {@link System#nanoTime}
     * @return the limit that the request exceeds; null if it may continue
     */
    public @Nullable LimitState admit(KeyLimits limits, Instant now, long nanos) {
        if (!limits.isNone()) {
            for (LimitState state : quotas(limits, now)) {
                if (state.isExceeded()) {
                    refused.increment();
                    return state;
                }
            }
            if (limits.requestsPerSecond() > 0 && !takeFromBucket(limits, nanos)) {
                refused.increment();
                return bucket(limits, nanos);
            }
        }
        count(now);
        return null;
    }

    /** Counts a request that is not limited, such as the end of a transaction. */
    public void count(Instant now) {
        lastUsedMillis = now.toEpochMilli();
        var _ = current(now);
        requests.increment();
    }

    private boolean takeFromBucket(KeyLimits limits, long nanos) {
        long step = SECOND_NANOS / limits.requestsPerSecond();
        while (true) {
            long full = fullAtNanos.get();
            long from = full == Long.MIN_VALUE || full - nanos < 0 ? nanos : full;
            if (from - nanos > (limits.effectiveBurst() - 1) * step) {
                return false;
            }
            if (fullAtNanos.compareAndSet(full, from + step)) {
                return true;
            }
        }
    }

    /** The state of the rate limit. */
    private LimitState bucket(KeyLimits limits, long nanos) {
        long step = SECOND_NANOS / limits.requestsPerSecond();
        long full = fullAtNanos.get();
        long debt = full == Long.MIN_VALUE ? 0 : Math.max(0, full - nanos);
        long burst = limits.effectiveBurst();
        // With a small burst, a window still allows the requests of its seconds, only not at once.
        long quota = Math.max(burst, limits.requestsPerSecond());
        long remaining = Math.max(0, (burst * step - debt) / step);
        long waitNanos = remaining > 0 ? debt : debt - (burst - 1) * step;
        return new LimitState(
                "second",
                quota,
                REQUESTS,
                Math.ceilDiv(quota, limits.requestsPerSecond()),
                remaining,
                Math.max(1, Math.ceilDiv(waitNanos, SECOND_NANOS)));
    }

    /** The limits of a key with their state: the rate first. */
    public List<LimitState> states(KeyLimits limits, Instant now, long nanos) {
        List<LimitState> states = new ArrayList<>();
        if (limits.requestsPerSecond() > 0) {
            states.add(bucket(limits, nanos));
        }
        states.addAll(quotas(limits, now));
        if (limits.concurrent() > 0) {
            states.add(new LimitState(
                    "concurrent",
                    limits.concurrent(),
                    CONCURRENT,
                    0,
                    Math.max(0, limits.concurrent() - running.get()),
                    0));
        }
        return states;
    }

    private List<LimitState> quotas(KeyLimits limits, Instant now) {
        List<LimitState> states = new ArrayList<>(4);
        Period today = current(now);
        LocalDate day = LocalDate.ofEpochDay(today.day());
        LocalDate firstOfMonth = day.withDayOfMonth(1);
        Window daily = new Window("day", 86_400, secondsUntil(day.plusDays(1), now));
        Window monthly =
                new Window("month", 86_400L * day.lengthOfMonth(), secondsUntil(firstOfMonth.plusMonths(1), now));
        quota(states, daily, "", limits.requestsPerDay(), requests.sum() - today.dayRequests());
        quota(states, monthly, "", limits.requestsPerMonth(), requests.sum() - today.monthRequests());
        quota(states, daily, "-bytes", limits.bytesPerDay(), bytes.sum() - today.dayBytes());
        quota(states, monthly, "-bytes", limits.bytesPerMonth(), bytes.sum() - today.monthBytes());
        return states;
    }

    private record Window(String name, long seconds, long reset) {}

    private static void quota(List<LimitState> states, Window window, String suffix, long quota, long used) {
        if (quota > 0) {
            states.add(new LimitState(
                    window.name() + suffix,
                    quota,
                    suffix.isEmpty() ? REQUESTS : BYTES,
                    window.seconds(),
                    Math.max(0, quota - used),
                    window.reset()));
        }
    }

    private static long secondsUntil(LocalDate day, Instant now) {
        return Math.max(
                1, Duration.between(now, day.atStartOfDay(ZoneOffset.UTC)).toSeconds() + 1);
    }

    private Period current(Instant now) {
        Period known = period;
        long day = Math.floorDiv(now.getEpochSecond(), 86_400L);
        return known.day() == day ? known : begin(today(now));
    }

    private synchronized Period begin(LocalDate today) {
        Period known = period;
        if (known.day() != today.toEpochDay()) {
            boolean sameMonth = known.month() == month(today);
            known = new Period(
                    today.toEpochDay(),
                    requests.sum(),
                    bytes.sum(),
                    month(today),
                    sameMonth ? known.monthRequests() : requests.sum(),
                    sameMonth ? known.monthBytes() : bytes.sum());
            period = known;
        }
        return known;
    }

    /** Begins work on a request. Returns false if as many run as may run; otherwise {@link #end} must be called. */
    public boolean begin(KeyLimits limits) {
        int now = running.incrementAndGet();
        if (limits.concurrent() > 0 && now > limits.concurrent()) {
            running.decrementAndGet();
            refused.increment();
            return false;
        }
        return true;
    }

    /** Ends work on a request. */
    public void end() {
        running.decrementAndGet();
    }

    /** Counts the bytes of a completed request. */
    public void addBytes(long count) {
        bytes.add(count);
    }

    /** Requests since the server started. */
    public long requests() {
        return requests.sum();
    }

    /** Requests that exceeded a limit, since the server started. */
    public long refused() {
        return refused.sum();
    }

    /** The use of the key. */
    public Usage usage(Instant now) {
        Period today = current(now);
        LocalDate day = LocalDate.ofEpochDay(today.day());
        return new Usage(
                lastUsedMillis == 0 ? null : Instant.ofEpochMilli(lastUsedMillis),
                day,
                requests.sum() - today.dayRequests(),
                bytes.sum() - today.dayBytes(),
                YearMonth.from(day),
                requests.sum() - today.monthRequests(),
                bytes.sum() - today.monthBytes(),
                refused.sum(),
                running.get());
    }
}
