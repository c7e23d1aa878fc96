package dev.hasten.request;

import dev.hasten.auth.ApiKey;
import dev.hasten.deadline.Cancellation;
import dev.hasten.http.Exchange;
import dev.hasten.memory.MemoryUse;
import dev.hasten.plan.ParsingMemory;
import dev.hasten.protocol.Access;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.Scope;
import dev.hasten.telemetry.RequestTelemetry;
import dev.hasten.transaction.PooledStatements;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint knows about the request that it works for.
 *
 * @param apiKey whose request it is
 */
public record RequestContext(
        Exchange exchange, Database database, ApiKey apiKey, Cancellation cancellation, RequestTelemetry telemetry) {

    /** What its statements may do. */
    public Access access() {
        return apiKey.access();
    }

    /** The owner of transactions that the request opens: its API key together with the key's scopes. */
    public String owner() {
        return apiKey.id() + " " + String.join(",", Scope.texts(apiKey.scopes()));
    }

    /**
     * Runs work on one connection of the pool, which is taken when the first statement needs it.
     *
     * @param cancellation of the work, which is the request's own or that of a query which several requests wait for
     * @throws dev.hasten.postgres.DatabaseException if the database fails
     */
    public <T extends @Nullable Object> T pooled(Cancellation cancellation, Function<PooledStatements, T> work) {
        try (PooledStatements statements = new PooledStatements(database.pool(), access(), cancellation, telemetry)) {
            return work.apply(statements);
        }
    }

    /** For the parsing of the body. */
    public ParseMeter parsing() {
        return new ParsingMemory(cancellation, MemoryUse.REQUESTS);
    }
}
