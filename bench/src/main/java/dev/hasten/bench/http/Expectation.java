package dev.hasten.bench.http;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a right answer looks like, as cheap as can be judged: status 200, how the body begins, with the id that was asked
 * for, how long it is, and what the cache may say.
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
     * An answer that no cache has to do with.
     *
     * @param start may have slots
     * @param shortest body, in bytes
     * @param longest body, in bytes
     */
    public static Expectation of(String start, int shortest, int longest) {
        return new Expectation(Template.of(start), shortest, longest, EnumSet.allOf(CacheStatus.class));
    }

    /** The same, when the cache says one of these. */
    public Expectation with(CacheStatus first, CacheStatus... more) {
        return new Expectation(start, shortest, longest, EnumSet.of(first, more));
    }

    /** What is wrong with an answer, in words that are the same for all that are wrong in this way; null if nothing is. */
    public @Nullable String complaint(Answer answer, Values values) {
        if (answer.status() != 200) {
            return answer.errorCode().isEmpty()
                    ? Integer.toString(answer.status())
                    : answer.status() + " " + answer.errorCode();
        }
        if (!answer.startsWith(start, values)) {
            return "200, but not what was asked for";
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
