package dev.hasten.dataproxy;

import dev.hasten.admission.RequestContext;
import dev.hasten.caching.CacheableQuery;
import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.Statements;
import dev.hasten.prisma.DataFrame;
import dev.hasten.prisma.PrismaErrors;
import dev.hasten.proof.ReadProof;
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
    public boolean mayBeNonDeterministic() {
        return true;
    }

    @Override
    public ReadProof proof(RequestContext request) {
        return prepared.proof(request);
    }

    @Override
    public @Nullable JsonBuffer run(RequestContext request) {
        JsonBuffer value = PrismaErrors.<@Nullable JsonBuffer>translated(() ->
                request.<@Nullable JsonBuffer>pooled(statements -> run(runner.generators(), statements, request)));
        return converted(value, request);
    }

    /** Runs the query in a transaction that is open. */
    @Nullable
    JsonBuffer runIn(Statements transaction, RequestContext request) {
        return converted(run(runner.generators(), transaction, request), request);
    }

    /** Runs one of several queries, which share the generators. The value must be {@link #converted} afterwards. */
    @Nullable
    JsonBuffer run(Generators generators, Statements statements, RequestContext request) {
        return prepared.run(runner, generators, statements, request);
    }

    /** Converts the rows of raw queries, which had a different format before 5.17. Needs no connection. */
    @Nullable
    JsonBuffer converted(@Nullable JsonBuffer value, RequestContext request) {
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
