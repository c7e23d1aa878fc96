package dev.hasten.request;

import dev.hasten.http.Exchange;
import dev.hasten.postgres.Cancellation;
import dev.hasten.telemetry.RequestTelemetry;

/** What an endpoint knows about the request that it works for. */
public record RequestContext(
        Exchange exchange, Database database, Cancellation cancellation, RequestTelemetry telemetry) {}
