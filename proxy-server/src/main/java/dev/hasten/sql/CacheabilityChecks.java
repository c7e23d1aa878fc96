package dev.hasten.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.hasten.admission.RequestContext;
import dev.hasten.postgres.Access;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.sql.SqlRequest.Query;
import dev.hasten.transaction.PooledStatements;
import java.time.Duration;

/** Whether statements are proved to be reads, remembered for each text and each state of the schema. Thread-safe. */
final class CacheabilityChecks {
    /** Bytes of SQL, roughly. */
    private static final long REMEMBERED = 8 << 20;

    /** A function may be replaced without anybody telling. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private static final String CACHEABLE = "";

    private final Cache<Key, String> rejectionReasons = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED)
            .weigher((Key key, String rejectionReason) -> 2 * (key.sql().length() + rejectionReason.length()) + 200)
            .expireAfterWrite(LONGEST)
            .build();

    private record Key(String database, long schemaEpoch, String sql, int parameters) {}

    /**
     * What stands against using the answer of a statement again; empty when it is proved to be a read. Asks PostgreSQL the
     * first time.
     */
    String rejectionReason(ParsedStatement sql, Query query, RequestContext request) {
        if (query.parameters().stream().anyMatch(NameCollector::isTimeWord)) {
            return "a parameter with a word for the time of day";
        }
        int parameters = query.parameters().size();
        Key key = new Key(request.database().name(), request.database().cache().schemaEpoch(), sql.sql(), parameters);
        return rejectionReasons.get(key, _ -> {
            // Proofs need more than a key that may only read has; they do not run the statement.
            try (PooledStatements statements = new PooledStatements(
                    request.database().pool(), Access.READ_WRITE, request.cancellation(), request.telemetry())) {
                String rejectionReason = CacheabilityCheck.rejectionReason(sql, parameters, statements);
                return rejectionReason == null ? CACHEABLE : rejectionReason;
            }
        });
    }
}
