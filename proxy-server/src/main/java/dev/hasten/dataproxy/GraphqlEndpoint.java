package dev.hasten.dataproxy;

import dev.hasten.auth.ApiKey;
import dev.hasten.cache.CacheKey;
import dev.hasten.cache.CachedAnswer;
import dev.hasten.http.Answer;
import dev.hasten.http.Exchange;
import dev.hasten.plan.JsonBuffer;
import dev.hasten.plan.Statements;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.RequestParser;
import dev.hasten.request.AccelerateHeaders;
import dev.hasten.request.CacheUse;
import dev.hasten.request.Database;
import dev.hasten.request.Endpoint;
import dev.hasten.request.Extensions;
import dev.hasten.request.PlanRunner;
import dev.hasten.request.PlanRunner.Job;
import dev.hasten.request.RequestContext;
import dev.hasten.schema.CompiledSchema;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Queries and batches of queries. The path says graphql for the sake of old clients; it is JSON that comes. */
final class GraphqlEndpoint {
    private final RequestParser parser;
    private final PlanRunner runner;
    private final BatchRunner batches;
    private final AccelerateHeaders headers;

    GraphqlEndpoint(RequestParser parser, PlanRunner runner, AccelerateHeaders headers) {
        this.parser = parser;
        this.runner = runner;
        this.batches = new BatchRunner(runner);
        this.headers = headers;
    }

    /** Answers from the cache, or says how to answer. */
    @Nullable
    Endpoint begin(Exchange exchange, ApiKey apiKey, Database database) {
        CacheUse cache = cacheUse(exchange, apiKey, database);
        Answer stored = cache.stored();
        if (stored != null) {
            exchange.answer(stored);
            return null;
        }
        return request -> answer(request, cache);
    }

    /** The same in an interactive transaction, where nothing is cached. */
    Endpoint beginInTransaction(Exchange exchange, ApiKey apiKey, Database database) {
        CacheUse cache = cacheUse(exchange, apiKey, database);
        return request -> cache.bypass(answerInTransaction(request));
    }

    private CacheUse cacheUse(Exchange exchange, ApiKey apiKey, Database database) {
        return CacheUse.byHeaders(new CacheUse.Asked(
                exchange,
                apiKey,
                database,
                CacheKey.Protocol.DATA_PROXY,
                exchange.pathParameter("schema"),
                headers,
                this::readForCache));
    }

    /** A request as far as it is understood without its query. */
    private record Call(ClientVersion version, CompiledSchema schema, JsonNode body) {
        boolean isBatch() {
            return body.has("batch");
        }
    }

    private @Nullable Call call(RequestContext request) {
        ClientVersion version = ClientVersion.of(request.exchange().pathParameter("version"));
        CompiledSchema schema =
                request.database().schemas().find(request.exchange().pathParameter("schema"));
        return schema == null
                ? null
                : new Call(version, schema, parser.object(request.exchange().body(), request.parsing()));
    }

    private Answer answer(RequestContext request, CacheUse cache) {
        Call call = call(request);
        if (call == null) {
            return EngineAnswers.schemaMissing();
        }
        try {
            return call.isBatch()
                    ? cache.bypass(batches.answer(call.body(), call.schema(), call.version(), request))
                    : single(JsonQuery.of(call.body()), call, request, cache);
        } catch (ApiError e) {
            return failed(e, call.version(), request);
        }
    }

    private static Answer failed(ApiError error, ClientVersion version, RequestContext request) {
        if (!EngineErrors.isOfEngine(error)) {
            throw error;
        }
        request.telemetry().failed(error);
        return EngineAnswers.json(
                EngineAnswers.errors(error, version, null),
                EngineAnswers.extensions(request.telemetry().extensions(), version));
    }

    private Answer single(JsonQuery query, Call call, RequestContext request, CacheUse cache) {
        PreparedQuery prepared = PreparedQuery.of(query, call.schema(), request.cancellation());
        if (!prepared.isSingle()) {
            JsonBuffer inserted = PlanRunner.<@Nullable JsonBuffer>pooled(
                    request,
                    request.cancellation(),
                    statements -> prepared.run(runner, runner.generators(), statements, request));
            return cache.bypass(answer(query, inserted, call.version(), request));
        }
        Job job = prepared.jobs().getFirst();
        CacheStrategy strategy = cache.strategyFor(query.model());
        if (!strategy.caches() || !job.isCacheable(query.action())) {
            JsonBuffer value = runner.runPooled(job, request, request.cancellation());
            return cache.bypass(answer(query, value, call.version(), request));
        }
        CachedAnswer cached = cache.fetch(
                strategy,
                query.model(),
                request.cancellation(),
                cancellation ->
                        EngineAnswers.data(query.answerName(), runner.runPooled(job, request, cancellation), null));
        Map<String, ?> extensions = EngineAnswers.extensions(request.telemetry().extensions(), call.version());
        return extensions == null || !cached.own()
                ? cache.answer(cached)
                : cache.label(Extensions.answer(cached.body().json().array(), extensions), cached);
    }

    private byte[] readForCache(RequestContext request) {
        Call call = call(request);
        if (call == null) {
            throw ApiError.badRequest("The Prisma schema of the query is not known any more");
        }
        JsonQuery query = JsonQuery.of(call.body());
        Job job = PreparedQuery.of(query, call.schema(), request.cancellation())
                .jobs()
                .getFirst();
        return EngineAnswers.data(query.answerName(), runner.runPooled(job, request, request.cancellation()), null);
    }

    private Answer answerInTransaction(RequestContext request) {
        Call call = call(request);
        if (call == null) {
            return EngineAnswers.schemaMissing();
        }
        try {
            return request.database()
                    .transactions()
                    .query(
                            request.exchange().pathParameter("id"),
                            request.owner(),
                            request.cancellation(),
                            statements -> inTransaction(call, statements, request));
        } catch (ApiError e) {
            return failed(e, call.version(), request);
        }
    }

    private Answer inTransaction(Call call, Statements statements, RequestContext request) {
        if (call.isBatch()) {
            return batches.inTransaction(call.body(), call.schema(), call.version(), statements, request);
        }
        JsonQuery query = JsonQuery.of(call.body());
        JsonBuffer value = PreparedQuery.of(query, call.schema(), request.cancellation())
                .run(runner, runner.generators(), statements, request);
        return answer(query, value, call.version(), request);
    }

    private static Answer answer(
            JsonQuery query, @Nullable JsonBuffer value, ClientVersion version, RequestContext request) {
        return EngineAnswers.dataAnswer(
                query.answerName(),
                readable(query, value, version, request),
                EngineAnswers.extensions(request.telemetry().extensions(), version));
    }

    /** The rows of raw queries had another form until 5.16. */
    static @Nullable JsonBuffer readable(
            JsonQuery query, @Nullable JsonBuffer value, ClientVersion version, RequestContext request) {
        return value != null && query.action().equals("queryRaw") && !version.isAtLeast(5, 17)
                ? RawRows.typed(value, request.parsing())
                : value;
    }
}
