package dev.hasten.dataproxy;

import static dev.hasten.admission.Endpoint.blocking;
import static dev.hasten.admission.Protocol.PRISMA_ENGINE;
import static dev.hasten.config.KeyScope.PRISMA;

import dev.hasten.admission.Endpoint;
import dev.hasten.admission.ErrorResponses;
import dev.hasten.admission.RequestContext;
import dev.hasten.admission.RequestRunner;
import dev.hasten.caching.AccelerateHeaders;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.plan.PlanRunner;
import dev.hasten.postgres.TransactionMode;
import dev.hasten.prisma.TransactionTimes;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.RequestParser;
import dev.hasten.schema.SchemaStartingException;
import dev.hasten.transaction.TransactionRegistry.StartOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The routes of the data proxy protocol. Source: {@code DataProxyEngine.ts} of Prisma 5 and 6, and the responses of
 * their query engines.
 */
public final class DataProxyRoutes {
    private static final String BASE = "/{version}/{schema}";
    private static final String TRANSACTION = BASE + "/transaction/{id}";

    private final RequestParser parser;
    private final GraphqlEndpoint graphql;
    private final PublicAddress address;

    public DataProxyRoutes(RequestParser parser, PlanRunner runner, AccelerateHeaders headers, PublicAddress address) {
        this.parser = parser;
        this.graphql = new GraphqlEndpoint(parser, runner, headers);
        this.address = address;
    }

    /** Adds the protocol's routes. */
    public void addTo(Router.Builder routes, RequestRunner requests) {
        add(routes, requests, "PUT", BASE + "/schema", blocking(this::upload));
        add(routes, requests, "POST", BASE + "/graphql", graphql::begin);
        add(routes, requests, "POST", BASE + "/transaction/start", blocking(this::start));
        add(routes, requests, "POST", TRANSACTION + "/graphql", graphql::beginInTransaction);
        add(routes, requests, "POST", TRANSACTION + "/commit", blocking(this::commit));
        add(routes, requests, "POST", TRANSACTION + "/rollback", blocking(this::rollback));
    }

    /** Adds a route whose clients retry while their schema is being read. */
    private static void add(
            Router.Builder routes, RequestRunner requests, String method, String template, Endpoint endpoint) {
        Endpoint retried = admitted -> switch (endpoint.begin(admitted)) {
            case Endpoint.Respond response -> response;
            case Endpoint.Work work ->
                (Endpoint.Work) request -> {
                    try {
                        return work.run(request);
                    } catch (SchemaStartingException e) {
                        return EngineResponses.schemaStarting();
                    }
                };
        };
        routes.guardedRoute(method, template, requests.handler(PRISMA, PRISMA_ENGINE, retried));
    }

    private static ClientVersion version(RequestContext request) {
        return ClientVersion.of(request.exchange().pathParameter("version"));
    }

    private Response upload(RequestContext request) {
        version(request);
        request.database()
                .schemas()
                .upload(
                        request.exchange().pathParameter("schema"),
                        request.exchange().body(),
                        request.cancellation());
        return Response.json(200, EngineResponses.bytes(Map.of()));
    }

    private Response start(RequestContext request) {
        ClientVersion version = version(request);
        if (request.database().schemas().find(request.exchange().pathParameter("schema")) == null) {
            return EngineResponses.schemaMissing();
        }
        JsonNode body = parser.object(request.exchange().body(), request.parsing());
        StartOptions options = new StartOptions(
                TransactionTimes.milliseconds(body, "timeout"),
                TransactionTimes.milliseconds(body, "max_wait"),
                IsolationLevels.of(body.path("isolation_level")),
                request.access(),
                request.owner());
        return transactionCall(version, request, "start_transaction", () -> {
            // First: if it fails, no transaction must be open.
            String base = address.of(request.exchange());
            String id = request.database().transactions().start(options, request.cancellation(), request.telemetry());
            request.telemetry().begun(TransactionMode.of(options.isolationLevel()));
            Map<String, Object> started = new LinkedHashMap<>();
            request.database().transactions().whenUnused(id, () -> address.warnUnreached(base));
            started.put("id", id);
            started.put("data-proxy", Map.of("endpoint", endpoint(base, request, id)));
            return started;
        });
    }

    /** Returns the URL for requests in the transaction. Clients also send the ID in a header, but not to end it. */
    private static String endpoint(String base, RequestContext request, String id) {
        return "%s/%s/%s/transaction/%s"
                .formatted(
                        base,
                        request.exchange().pathParameter("version"),
                        request.exchange().pathParameter("schema"),
                        id);
    }

    private Response commit(RequestContext request) {
        return transactionCall(version(request), request, null, () -> {
            request.database()
                    .transactions()
                    .commitOnce(
                            request.exchange().pathParameter("id"),
                            request.owner(),
                            request.cancellation(),
                            request.telemetry());
            return Map.of();
        });
    }

    private Response rollback(RequestContext request) {
        return transactionCall(version(request), request, null, () -> {
            request.database()
                    .transactions()
                    .rollback(
                            request.exchange().pathParameter("id"),
                            request.owner(),
                            request.cancellation(),
                            request.telemetry());
            return Map.of();
        });
    }

    @FunctionalInterface
    private interface TransactionCall {
        Map<String, ?> run();
    }

    /** Runs a call whose response is an error object instead of a list of errors; clients do not read its meta. */
    private static Response transactionCall(
            ClientVersion version, RequestContext request, @Nullable String span, TransactionCall call) {
        Map<String, Object> result = new LinkedHashMap<>();
        try {
            if (span == null) {
                result.putAll(call.run());
            } else {
                request.telemetry().span(span, () -> result.putAll(call.run()));
            }
        } catch (ApiError e) {
            return ErrorResponses.of(
                    EngineErrors.worded(e, version),
                    EngineResponses.extensions(request.telemetry().extensions(), version));
        }
        return EngineResponses.json(
                result, EngineResponses.extensions(request.telemetry().extensions(), version));
    }
}
