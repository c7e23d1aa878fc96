package dev.hasten.admission;

import dev.hasten.activity.RequestActivity;
import dev.hasten.auth.ApiKey;
import dev.hasten.config.KeyScope;
import dev.hasten.deadline.Cancellation;
import dev.hasten.http.Exchange;
import dev.hasten.memory.MemoryUse;
import dev.hasten.plan.ParsingMemory;
import dev.hasten.plan.PlanInterpreter.Environment;
import dev.hasten.postgres.Access;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.telemetry.RequestTelemetry;
import dev.hasten.transaction.PooledStatements;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An admitted request while its endpoint handles it.
 *
 * @param apiKey the key that the request was admitted with
 * @param cancellation the request's own cancellation, or that of a query that several requests wait for
 */
public record RequestContext(
        Exchange exchange, Database database, ApiKey apiKey, Cancellation cancellation, RequestTelemetry telemetry) {

    /** The same request with another cancellation. */
    public RequestContext with(Cancellation other) {
        return other == cancellation ? this : new RequestContext(exchange, database, apiKey, other, telemetry);
    }

    /** What the request is doing, for operators. */
    public RequestActivity activity() {
        return telemetry.activity();
    }

    /** What statements of the request may do. */
    public Access access() {
        return apiKey.isReadOnly() ? Access.READ_ONLY : Access.READ_WRITE;
    }

    /** The owner of transactions that the request opens: its API key together with the key's scopes. */
    public String owner() {
        return apiKey.id() + " " + String.join(",", KeyScope.texts(apiKey.scopes()));
    }

    /**
     * Runs work on one connection of the pool, which is leased for the first statement.
     *
     * @throws dev.hasten.postgres.DatabaseException if the database fails
     */
    public <T extends @Nullable Object> T pooled(Function<PooledStatements, T> work) {
        try (PooledStatements statements =
                new PooledStatements(database.pool(), access(), cancellation, telemetry, database.writes())) {
            return work.apply(statements);
        }
    }

    /** The environment for plans that run for the request. */
    public Environment environment() {
        return new Environment(telemetry, cancellation, database.limits().responseBytes());
    }

    /** Reserves memory for parsing the body. */
    public ParseMeter parsing() {
        return new ParsingMemory(cancellation, MemoryUse.REQUESTS);
    }
}
