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

    /** For the parsing of the body. */
    public ParseMeter parsing() {
        return new ParsingMemory(cancellation, MemoryUse.REQUESTS);
    }
}
