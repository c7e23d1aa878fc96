package dev.hasten.sql;

import dev.hasten.http.ErrorRenderer;
import dev.hasten.http.Exchange;
import dev.hasten.http.GuardedHandler;
import dev.hasten.http.Response;
import org.jspecify.annotations.Nullable;

/**
 * Sends errors to Neon's driver with status 400, because it reads the fields of an error only then; for any other status,
 * the app would get the body as a text. The driver is recognized by its connection string.
 *
 * @param handler the route, whose other clients get the true status
 */
record NeonErrors(GuardedHandler handler) implements GuardedHandler {
    private static final int READ_BY_DRIVER = 400;

    @Override
    public Decision decide(Exchange head) {
        return handler.decide(head);
    }

    @Override
    public @Nullable ErrorRenderer errors() {
        return handler.errors();
    }

    @Override
    public Response outgoing(Exchange exchange, Response response) {
        Response outgoing = handler.outgoing(exchange, response);
        return outgoing.status() > READ_BY_DRIVER && exchange.header(SqlHeaders.CONNECTION_STRING) != null
                ? outgoing.withStatus(READ_BY_DRIVER)
                : outgoing;
    }
}
