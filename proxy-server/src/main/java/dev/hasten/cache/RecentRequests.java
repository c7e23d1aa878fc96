package dev.hasten.cache;

import dev.hasten.protocol.QuerySignature;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The latest requests of all databases, for operators who ask why a request did or did not use the cache. Thread-safe. */
public final class RecentRequests {
    private final AtomicReferenceArray<@Nullable RecentRequest> latest;
    private final AtomicLong added = new AtomicLong();

    /** @param limit how many are remembered, 0 or more; one takes about 300 bytes */
    public RecentRequests(int limit) {
        this.latest = new AtomicReferenceArray<>(limit);
    }

    /** How many are remembered. */
    public int limit() {
        return latest.length();
    }

    /** Adds a request and forgets the oldest one. */
    public void add(RecentRequest request) {
        if (latest.length() > 0) {
            latest.set(slot(added.getAndIncrement()), request);
        }
    }

    /** Returns the latest request with this id of the server or the client; null if it is not remembered. */
    public @Nullable RecentRequest find(String id) {
        return latest(request -> request.id().equals(id) || id.equals(request.clientId()));
    }

    /** Returns the latest request to a database with this signature; null if none is remembered. */
    public @Nullable RecentRequest find(String database, QuerySignature signature) {
        return latest(request -> request.database().equals(database)
                && request.key() != null
                && request.key().signature().equals(signature));
    }

    private @Nullable RecentRequest latest(Predicate<RecentRequest> wanted) {
        long newest = added.get() - 1;
        for (long at = newest; at >= 0 && at > newest - latest.length(); at--) {
            RecentRequest request = latest.get(slot(at));
            if (request != null && wanted.test(request)) {
                return request;
            }
        }
        return null;
    }

    private int slot(long number) {
        return (int) (number % latest.length());
    }
}
