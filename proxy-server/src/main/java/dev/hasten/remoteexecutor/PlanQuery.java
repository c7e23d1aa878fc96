package dev.hasten.remoteexecutor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.admission.RequestContext;
import dev.hasten.caching.CacheableQuery;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.prisma.DataFrame;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.proof.ReadProof;
import dev.hasten.protocol.QueryRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A query plan from a client. */
record PlanQuery(QueryRequest query, Job job, PlanRunner runner) implements CacheableQuery {
    private static final byte[] NO_DATA = "{}".getBytes(UTF_8);
    private static final byte[] ONLY_EXTENSIONS = "{\"extensions\":".getBytes(UTF_8);

    @Override
    public @Nullable String model() {
        return query.model();
    }

    @Override
    public boolean mayBeNonDeterministic() {
        return true;
    }

    @Override
    public ReadProof proof(RequestContext request) {
        return PrismaErrors.translated(
                () -> job.proof(query.operation(), request.database().proofs(), request.cancellation()));
    }

    @Override
    public @Nullable JsonBuffer run(RequestContext request) {
        return PrismaErrors.<@Nullable JsonBuffer>translated(() ->
                request.<@Nullable JsonBuffer>pooled(statements -> runner.run(job, statements, request.environment())));
    }

    @Override
    public JsonBuffer body(@Nullable JsonBuffer value, byte @Nullable [] extensions) {
        return framed(value, extensions);
    }

    @Override
    public @Nullable Map<String, ?> extensions(RequestContext request) {
        return request.telemetry().extensions();
    }

    /** Returns the body of a response. If the plan has no value, the body has no {@code data}. */
    static JsonBuffer framed(@Nullable JsonBuffer value, byte @Nullable [] extensions) {
        if (value != null) {
            return DataFrame.close(value, extensions);
        }
        return extensions == null
                ? JsonBuffer.of(NO_DATA)
                : JsonBuffer.of(ONLY_EXTENSIONS).raw(extensions).raw('}');
    }
}
