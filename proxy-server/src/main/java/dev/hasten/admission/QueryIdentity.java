package dev.hasten.admission;

import dev.hasten.insights.Insights;
import dev.hasten.plan.PlanRunner.Job;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells the activity of a request which query it runs, for statistics. */
public final class QueryIdentity {
    private static final String BATCH = "batch";

    private QueryIdentity() {}

    /**
     * A Prisma query.
     *
     * @param model null for none
     * @param arguments what it selects, without values, in the encoding of {@code @prisma/sqlcommenter-query-insights}; null
     *     if the client does not say it
     */
    public static void ofPlan(
            RequestContext request, @Nullable String model, String operation, @Nullable String arguments, Job job) {
        Insights insights = request.database().insights();
        String sql = job.plan().rawSql();
        boolean read = job.acceptsStrategy(operation);
        request.activity()
                .query(
                        sql != null
                                ? insights.shapeOfSql(request.database().name(), operation, sql, false)
                                : insights.shape(
                                        request.database().name(),
                                        model,
                                        operation,
                                        arguments,
                                        arguments == null ? job.plan().fingerprint() : 0,
                                        read),
                        // Parameters of writes can be large.
                        read ? job.parameters().hashCode() : 0);
    }

    /**
     * Several Prisma queries.
     *
     * @param model null if they have none, or several
     * @param jobs those that could be compiled
     */
    public static void ofBatch(RequestContext request, @Nullable String model, List<Job> jobs) {
        long fingerprint = jobs.size();
        for (Job job : jobs) {
            fingerprint = fingerprint * 31 + job.plan().fingerprint();
        }
        request.activity()
                .query(
                        request.database()
                                .insights()
                                .shape(request.database().name(), model, BATCH, null, fingerprint, false),
                        0);
    }

    /**
     * SQL over HTTP.
     *
     * @param read whether it may be cached
     */
    public static void ofSql(RequestContext request, String sql, List<?> parameters, boolean read) {
        request.activity()
                .query(
                        request.database()
                                .insights()
                                .shapeOfSql(request.database().name(), Insights.SQL, sql, read),
                        read ? parameters.hashCode() : 0);
    }
}
