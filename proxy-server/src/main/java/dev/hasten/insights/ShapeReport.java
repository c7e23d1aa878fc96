package dev.hasten.insights;

import dev.hasten.insights.ShapeStatistics.Snapshot;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statistics of a shape in a window. Durations are in milliseconds.
 *
 * @param label the model and the operation
 * @param arguments what the query selects, as JSON without values; null if the client does not say it
 * @param sql the first statement without literals; null if none has run
 * @param databaseMeanMs mean time of one execution in PostgreSQL
 * @param executions calls that ran statements
 * @param errors failed calls by code
 * @param savedMs time that hits would have spent in PostgreSQL
 */
public record ShapeReport(
        String id,
        String database,
        @Nullable String model,
        String operation,
        String label,
        @Nullable String arguments,
        @Nullable String sql,
        long calls,
        long hits,
        long staleHits,
        long misses,
        long uncached,
        double hitRate,
        double savedMs,
        double meanMs,
        double p50Ms,
        double p95Ms,
        double p99Ms,
        double totalMs,
        double databaseMeanMs,
        long executions,
        long rows,
        long bytes,
        Map<String, Long> errors) {

    static ShapeReport of(QueryShape shape, Snapshot counts) {
        return new ShapeReport(
                shape.id(),
                shape.database(),
                shape.model(),
                shape.operation(),
                shape.label(),
                shape.arguments(),
                shape.sql(),
                counts.calls(),
                counts.hits(),
                counts.staleHits(),
                counts.misses(),
                counts.uncached(),
                rounded(counts.hitRate()),
                rounded(counts.savedMs()),
                rounded(counts.meanMs()),
                rounded(counts.p50Ms()),
                rounded(counts.p95Ms()),
                rounded(counts.p99Ms()),
                rounded(counts.totalMs()),
                rounded(counts.databaseMeanMs()),
                counts.executions(),
                counts.rows(),
                counts.bytes(),
                counts.errors());
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
