package dev.hasten.activity;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The requests that are running. {@code http.max_connections} limits their number. Thread-safe. */
public final class RunningRequests {
    private final Set<RequestActivity> running = ConcurrentHashMap.newKeySet();

    /** Adds a request, until {@link #remove}. */
    public void add(RequestActivity request) {
        running.add(request);
    }

    /** Removes a request. */
    public void remove(RequestActivity request) {
        running.remove(request);
    }

    /** The running requests, the oldest first. */
    public List<RequestActivity> list() {
        return running.stream()
                .sorted((one, other) -> Long.signum(one.startedNanos() - other.startedNanos()))
                .toList();
    }

    /** Finds a running request by its id; null if it has ended or never existed. */
    public @Nullable RequestActivity find(String requestId) {
        return running.stream()
                .filter(request -> request.origin().requestId().equals(requestId))
                .findFirst()
                .orElse(null);
    }
}
