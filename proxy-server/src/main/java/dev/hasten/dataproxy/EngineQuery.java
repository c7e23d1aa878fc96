package dev.hasten.dataproxy;

import dev.hasten.admission.RequestContext;
import dev.hasten.caching.CacheableQuery;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.Statements;
import dev.hasten.prisma.DataFrame;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.protocol.value.Generators;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A compiled query of a client without an engine. */
record EngineQuery(PreparedQuery prepared, ClientVersion version, PlanRunner runner) implements CacheableQuery {
    @Override
    public @Nullable String model() {
        return prepared.query().model();
    }

    @Override
    public boolean isCacheable() {
        return prepared.isSingle()
                && prepared.jobs().getFirst().isCacheable(prepared.query().action());
    }

    @Override
    public @Nullable JsonBuffer run(RequestContext request) {
        return PrismaErrors.<@Nullable JsonBuffer>translated(
                () -> request.<@Nullable JsonBuffer>pooled(statements -> run(statements, request)));
    }

    /** Runs the query with the given statements. */
    @Nullable
    JsonBuffer run(Statements statements, RequestContext request) {
        return run(runner.generators(), statements, request);
    }

    /** Same as {@link #run(Statements, RequestContext)}, for one of several queries, which share the generators. */
    @Nullable
    JsonBuffer run(Generators generators, Statements statements, RequestContext request) {
        JsonBuffer value = prepared.run(runner, generators, statements, request);
        // Before 5.17, the rows of raw queries had another format.
        return value != null && prepared.query().action().equals("queryRaw") && !version.isAtLeast(5, 17)
                ? RawRows.typed(value, request.parsing())
                : value;
    }

    @Override
    public JsonBuffer body(@Nullable JsonBuffer value, byte @Nullable [] extensions) {
        return DataFrame.close(
                prepared.query().resultName(), value == null ? EngineResponses.nothing() : value, extensions);
    }

    @Override
    public @Nullable Map<String, ?> extensions(RequestContext request) {
        return EngineResponses.extensions(request.telemetry().extensions(), version);
    }
}
