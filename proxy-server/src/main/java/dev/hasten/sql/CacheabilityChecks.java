package dev.hasten.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.hasten.admission.RequestContext;
import dev.hasten.postgres.Access;
import dev.hasten.postgres.DateTimeInput;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.sql.SqlRequest.Query;
import dev.hasten.transaction.PooledStatements;
import java.time.Duration;

/** Caches the results of {@link CacheabilityCheck} by statement text and state of the database schema. Thread-safe. */
final class CacheabilityChecks {
    /** Approximate maximum memory in bytes. */
    private static final long REMEMBERED = 8 << 20;

    /** Results expire because Hasten is not notified when a function is replaced. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private static final String CACHEABLE = "";

    private final Cache<Key, String> rejectionReasons = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED)
            .weigher((Key key, String rejectionReason) -> 2 * (key.sql().length() + rejectionReason.length()) + 200)
            .expireAfterWrite(LONGEST)
            .build();

    private record Key(String database, long schemaEpoch, String sql, int parameters) {}

    /**
     * Returns why the response to a statement must not be cached, or an empty string if the statement is proved to be a
     * read. Queries PostgreSQL if the result is not known yet.
     */
    String rejectionReason(ParsedStatement sql, Query query, RequestContext request) {
        if (query.parameters().stream().anyMatch(value -> value != null && DateTimeInput.dependsOnClock(value))) {
            return "uses the special date/time value now, today, tomorrow or yesterday in a parameter";
        }
        int parameters = query.parameters().size();
        Key key = new Key(request.database().name(), request.database().cache().schemaEpoch(), sql.sql(), parameters);
        // Not get(key, loader): others would wait for the loader's queries under a lock that cannot be cancelled.
        String known = rejectionReasons.getIfPresent(key);
        if (known != null) {
            return known;
        }
        String rejectionReason = check(sql, parameters, request);
        rejectionReasons.put(key, rejectionReason);
        return rejectionReason;
    }

    private static String check(ParsedStatement sql, int parameters, RequestContext request) {
        // The check uses statements that a read-only key must not run. It does not run the client's statement, but
        // PostgreSQL calls immutable functions when it plans the statement.
        try (PooledStatements statements = new PooledStatements(
                request.database().pool(), Access.ROLLED_BACK, request.cancellation(), request.telemetry())) {
            String rejectionReason = CacheabilityCheck.rejectionReason(sql, parameters, statements);
            return rejectionReason == null ? CACHEABLE : rejectionReason;
        }
    }
}
