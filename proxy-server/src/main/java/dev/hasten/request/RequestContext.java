package dev.hasten.request;

import dev.hasten.http.Exchange;
import dev.hasten.postgres.Cancellation;
import dev.hasten.protocol.Access;
import dev.hasten.telemetry.RequestTelemetry;

/**
 * What an endpoint knows about the request that it works for.
 *
 * @param access what its statements may do
 */
public record RequestContext(
        Exchange exchange, Database database, Access access, Cancellation cancellation, RequestTelemetry telemetry) {}
