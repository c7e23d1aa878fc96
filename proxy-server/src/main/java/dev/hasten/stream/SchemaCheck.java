package dev.hasten.stream;

import dev.hasten.postgres.ChangeFeed;
import dev.hasten.postgres.ChangeFeedException;
import dev.hasten.postgres.SchemaFingerprint;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Compares the fingerprint of the schema when the stream suggests it, at most once per second. Used by one thread. */
final class SchemaCheck {
    private static final long PAUSE = Duration.ofSeconds(1).toNanos();

    private final ChangeFeed feed;
    private final Runnable onChange;
    private @Nullable String fingerprint;
    private boolean suspected;
    private long checkedNanos = System.nanoTime();

    /** @param before the fingerprint of the last connection; null if there was none */
    SchemaCheck(ChangeFeed feed, @Nullable String before, Runnable onChange) throws ChangeFeedException {
        this.feed = feed;
        this.onChange = onChange;
        this.fingerprint = feed.query(SchemaFingerprint.QUERY);
        if (before != null && !before.equals(fingerprint)) {
            onChange.run();
        }
    }

    /** The last fingerprint. */
    @Nullable
    String fingerprint() {
        return fingerprint;
    }

    /** The schema may have changed. */
    void suspect() {
        suspected = true;
    }

    /** Checks now if it is time. */
    void check(long nowNanos) throws ChangeFeedException {
        if (!suspected || nowNanos - checkedNanos < PAUSE) {
            return;
        }
        suspected = false;
        checkedNanos = nowNanos;
        String current = feed.query(SchemaFingerprint.QUERY);
        if (current != null && !current.equals(fingerprint)) {
            fingerprint = current;
            onChange.run();
        }
    }
}
