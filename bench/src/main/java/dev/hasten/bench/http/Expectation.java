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
    public @Nullable String complaint(Response response, Values values) {
        if (response.status() != 200) {
            return response.errorCode().isEmpty()
                    ? Integer.toString(response.status())
                    : response.status() + " " + response.errorCode();
        }
        if (!response.startsWith(start, values)) {
            return "200, but with an unexpected body";
        }
        if (response.bodyLength() < shortest || response.bodyLength() > longest) {
            return "200, but too " + (response.bodyLength() < shortest ? "short" : "long");
        }
        if (!cache.contains(response.cacheStatus())) {
            return response.cacheStatus() == CacheStatus.ABSENT
                    ? "200, but without accelerate-cache-status"
                    : "200, but with accelerate-cache-status "
                            + response.cacheStatus().name().toLowerCase(java.util.Locale.ROOT);
        }
        return null;
    }
}
