package dev.hasten.bench.http;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether a response is correct, at low cost: status 200, the start of the body including the requested id, the
 * length of the body, and the allowed cache statuses.
 */
public final class Expectation {
    private final Template start;
    private final int shortest;
    private final int longest;
    private final Set<CacheStatus> cache;

    private Expectation(Template start, int shortest, int longest, Set<CacheStatus> cache) {
        this.start = start;
        this.shortest = shortest;
        this.longest = longest;
        this.cache = cache;
    }

    /**
     * An expectation that allows any cache status.
     *
     * @param start start of the body; may have slots
     * @param shortest minimum length of the body in bytes
     * @param longest maximum length of the body in bytes
     */
    public static Expectation of(String start, int shortest, int longest) {
        return new Expectation(Template.of(start), shortest, longest, EnumSet.allOf(CacheStatus.class));
    }

    /** This expectation with only these cache statuses allowed. */
    public Expectation with(CacheStatus first, CacheStatus... more) {
        return new Expectation(start, shortest, longest, EnumSet.of(first, more));
    }

    /**
     * Returns the problem with a response, or null if it is correct. The text is the same for all responses with the
     * same problem, so that it can be counted.
     */
    public @Nullable String complaint(Answer answer, Values values) {
        if (answer.status() != 200) {
            return answer.errorCode().isEmpty()
                    ? Integer.toString(answer.status())
                    : answer.status() + " " + answer.errorCode();
        }
        if (!answer.startsWith(start, values)) {
            return "200, but with an unexpected body";
        }
        if (answer.bodyLength() < shortest || answer.bodyLength() > longest) {
            return "200, but too " + (answer.bodyLength() < shortest ? "short" : "long");
        }
        if (!cache.contains(answer.cacheStatus())) {
            return answer.cacheStatus() == CacheStatus.ABSENT
                    ? "200, but without accelerate-cache-status"
                    : "200, but with accelerate-cache-status "
                            + answer.cacheStatus().name().toLowerCase(java.util.Locale.ROOT);
        }
        return null;
    }
}
