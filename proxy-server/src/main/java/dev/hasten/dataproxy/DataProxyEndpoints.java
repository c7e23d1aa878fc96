package dev.hasten.dataproxy;

import static dev.hasten.protocol.Scope.PRISMA;
import static dev.hasten.request.Convention.PRISMA_ANY_BODY;

import dev.hasten.http.Answer;
import dev.hasten.http.Router;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.RequestParser;
import dev.hasten.request.AccelerateHeaders;
import dev.hasten.request.Endpoint;
import dev.hasten.request.ErrorAnswers;
import dev.hasten.request.PlanRunner;
import dev.hasten.request.RequestContext;
import dev.hasten.request.RequestRunner;
import dev.hasten.request.TransactionTimes;
import dev.hasten.schema.SchemaStartingException;
import dev.hasten.transaction.TransactionRegistry.StartOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The calls of the data-proxy protocol. Source: {@code DataProxyEngine.ts} of Prisma 5 and 6, and the answers of their
 * query engines.
 */
public final class DataProxyEndpoints {
    private static final String BASE = "/{version}/{schema}";
    private static final String TRANSACTION = BASE + "/transaction/{id}";

    private final RequestParser parser;
    private final GraphqlEndpoint graphql;
    private final PublicAddress address;

    public DataProxyEndpoints(
            RequestParser parser, PlanRunner runner, AccelerateHeaders headers, PublicAddress address) {
        this.parser = parser;
        this.graphql = new GraphqlEndpoint(parser, runner, headers);
        this.address = address;
    }

    /** Adds the protocol's routes. */
    public void addTo(Router.Builder routes, RequestRunner requests) {
        routes.route(
                "PUT", BASE + "/schema", requests.handler(PRISMA, PRISMA_ANY_BODY, (_, _, _) -> retried(this::upload)));
        routes.route("POST", BASE + "/graphql", requests.handler(PRISMA, PRISMA_ANY_BODY, (exchange, key, database) -> {
            Endpoint endpoint = graphql.begin(exchange, key, database);
            return endpoint == null ? null : retried(endpoint);
        }));
        routes.route(
                "POST",
                BASE + "/transaction/start",
                requests.handler(PRISMA, PRISMA_ANY_BODY, (_, _, _) -> this::start));
        routes.route(
                "POST",
                TRANSACTION + "/graphql",
                requests.handler(
                        PRISMA,
                        PRISMA_ANY_BODY,
                        (exchange, key, database) -> retried(graphql.beginInTransaction(exchange, key, database))));
        routes.route(
                "POST", TRANSACTION + "/commit", requests.handler(PRISMA, PRISMA_ANY_BODY, (_, _, _) -> this::commit));
        routes.route(
                "POST",
                TRANSACTION + "/rollback",
                requests.handler(PRISMA, PRISMA_ANY_BODY, (_, _, _) -> this::rollback));
    }

    /** Makes clients retry while their schema is still being read. */
    private static Endpoint retried(Endpoint endpoint) {
        return request -> {
            try {
                return endpoint.answer(request);
            } catch (SchemaStartingException e) {
                return EngineAnswers.schemaStarting();
            }
        };
    }

    private static ClientVersion version(RequestContext request) {
        return ClientVersion.of(request.exchange().pathParameter("version"));
    }

    private Answer upload(RequestContext request) {
        version(request);
        request.database()
                .schemas()
                .upload(
                        request.exchange().pathParameter("schema"),
                        request.exchange().body(),
                        request.cancellation());
        return Answer.json(200, EngineAnswers.bytes(Map.of()));
    }

    private Answer start(RequestContext request) {
        ClientVersion version = version(request);
        if (request.database().schemas().find(request.exchange().pathParameter("schema")) == null) {
            return EngineAnswers.schemaMissing();
        }
        JsonNode body = parser.object(request.exchange().body(), request.parsing());
        StartOptions options = new StartOptions(
                TransactionTimes.milliseconds(body, "timeout"),
                TransactionTimes.milliseconds(body, "max_wait"),
                IsolationLevels.sql(body.path("isolation_level")),
                request.access(),
                request.owner());
        return transactionCall(version, request, "start_transaction", () -> {
            String id = request.database().transactions().start(options, request.cancellation());
            Map<String, Object> started = new LinkedHashMap<>();
            started.put("id", id);
            started.put("data-proxy", Map.of("endpoint", endpoint(request, id)));
            return started;
        });
    }

    /** Where the calls of the transaction go. Clients say its id in a header, too, but not when they end it. */
    private String endpoint(RequestContext request, String id) {
        return "%s/%s/%s/transaction/%s"
                .formatted(
                        address.of(request.exchange()),
                        request.exchange().pathParameter("version"),
                        request.exchange().pathParameter("schema"),
                        id);
    }

    private Answer commit(RequestContext request) {
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

    private Answer rollback(RequestContext request) {
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

    /** Errors of these calls are not in a list of errors, and clients do not read their meta. */
    private static Answer transactionCall(
            ClientVersion version, RequestContext request, @Nullable String span, TransactionCall call) {
        Map<String, Object> result = new LinkedHashMap<>();
        try {
            if (span == null) {
                result.putAll(call.run());
            } else {
                request.telemetry().span(span, () -> result.putAll(call.run()));
            }
        } catch (ApiError e) {
            request.telemetry().failed(e);
            return ErrorAnswers.of(
                    EngineErrors.worded(e, version),
                    EngineAnswers.extensions(request.telemetry().extensions(), version));
        }
        return EngineAnswers.json(
                result, EngineAnswers.extensions(request.telemetry().extensions(), version));
    }
}
