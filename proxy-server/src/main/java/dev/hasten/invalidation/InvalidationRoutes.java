package dev.hasten.invalidation;

import static dev.hasten.admission.Endpoint.blocking;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.admission.Database;
import dev.hasten.admission.RequestContext;
import dev.hasten.admission.RequestRunner;
import dev.hasten.caching.AccelerateHeaders;
import dev.hasten.config.KeyScope;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.protocol.RequestParser;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The routes for invalidation. An invalidation applies to every request that arrives after its response. */
public final class InvalidationRoutes {
    private static final byte[] DONE = "{}".getBytes(UTF_8);

    private final RequestParser parser;
    private final AccelerateHeaders headers;
    private final Map<String, Rates> rates;

    /**
     * The rates of one database. They are separate so that apps that invalidate too often cannot block the notification
     * of a migration.
     */
    private record Rates(InvalidationRate tags, InvalidationRate schema) {}

    /** @param databases all databases */
    public InvalidationRoutes(RequestParser parser, AccelerateHeaders headers, Collection<Database> databases) {
        this.parser = parser;
        this.headers = headers;
        this.rates = databases.stream()
                .collect(Collectors.toUnmodifiableMap(
                        Database::name, database -> new Rates(rate(database), rate(database))));
    }

    private static InvalidationRate rate(Database database) {
        return new InvalidationRate(database.cache().policy().limits().invalidationsPerSecond(), System::nanoTime);
    }

    /** Adds the routes to the routing table. */
    public void addTo(Router.Builder routes, RequestRunner runner) {
        routes.guardedRoute("POST", "/invalidate", runner.handler(KeyScope.INVALIDATE, blocking(this::invalidate)));
        routes.guardedRoute(
                "POST", "/schema/invalidate", runner.handler(KeyScope.SCHEMA, blocking(this::schemaChanged)));
    }

    private Response invalidate(RequestContext request) {
        Database database = request.database();
        rates(database).tags().take();
        InvalidateRequest.of(
                        parser.object(request.exchange().body(), request.parsing()),
                        database.cache().policy().limits().maxTags())
                .applyTo(database.cache(), by(request));
        return headers.addRay(Response.json(200, DONE), request.exchange());
    }

    private Response schemaChanged(RequestContext request) {
        rates(request.database()).schema().take();
        long epoch = request.database().schemaChanged(by(request));
        return headers.addRay(
                Response.json(200, ("{\"schemaEpoch\":" + epoch + "}").getBytes(UTF_8)), request.exchange());
    }

    private static String by(RequestContext request) {
        return "requested with the API key " + request.apiKey().id();
    }

    private Rates rates(Database database) {
        return Objects.requireNonNull(rates.get(database.name()));
    }
}
