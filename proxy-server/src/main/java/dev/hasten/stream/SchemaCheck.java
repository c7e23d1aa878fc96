package dev.hasten.stream;

import dev.hasten.postgres.ChangeFeed;
import dev.hasten.postgres.ChangeFeedException;
import dev.hasten.postgres.SchemaFingerprint;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Compares the fingerprint of the schema when the stream suggests it, but not all the time. As long as a suspicion is not
 * checked, nothing must be confirmed. Used by one thread.
 */
final class SchemaCheck {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final ChangeFeed feed;
    private final long pauseNanos;
    private final Runnable onChange;
    private @Nullable String fingerprint;
    private boolean suspected;
    private long checkedNanos = System.nanoTime();

    /**
     * @param before the fingerprint of the last connection; null if there was none
     * @param bound how old what is confirmed may be; the pause between two checks is half of it, at most a second
     */
    SchemaCheck(ChangeFeed feed, @Nullable String before, Duration bound, Runnable onChange)
            throws ChangeFeedException {
        this.feed = feed;
        this.pauseNanos = Math.min(bound.toNanos() / 2, LONGEST_PAUSE.toNanos());
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

    /** Whether the schema may have changed since the last check. */
    boolean isSuspected() {
        return suspected;
    }

    /** Checks now if it is time. */
    void check(long nowNanos) throws ChangeFeedException {
        if (!suspected || nowNanos - checkedNanos < pauseNanos) {
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
