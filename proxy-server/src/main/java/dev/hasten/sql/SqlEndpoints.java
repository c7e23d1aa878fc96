package dev.hasten.sql;

import static dev.hasten.protocol.Scope.SQL;

import com.github.benmanes.caffeine.cache.Cache;
import dev.hasten.auth.ApiKey;
import dev.hasten.cache.CacheKey;
import dev.hasten.deadline.Cancellation;
import dev.hasten.http.Answer;
import dev.hasten.http.Cors;
import dev.hasten.http.Exchange;
import dev.hasten.http.Handler;
import dev.hasten.http.Router;
import dev.hasten.memory.MemoryUse;
import dev.hasten.plan.JsonBuffer;
import dev.hasten.postgres.SqlText;
import dev.hasten.postgres.SqlTexts;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.QuerySignature.Member;
import dev.hasten.protocol.RequestParser;
import dev.hasten.request.AccelerateHeaders;
import dev.hasten.request.CacheUse;
import dev.hasten.request.Database;
import dev.hasten.request.Endpoint;
import dev.hasten.request.RequestContext;
import dev.hasten.request.RequestRunner;
import dev.hasten.sql.SqlRequest.Query;
import dev.hasten.transaction.PooledStatements;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@code POST /sql}: statements of the client's own, as {@code @neondatabase/serverless} sends them. */
public final class SqlEndpoints {
    private static final String PATH = "/sql";

    /** The body of a larger request is not looked into on an event loop: others would wait for it. */
    private static final int QUICK_BYTES = 64 << 10;

    private final RequestParser parser;
    private final AccelerateHeaders headers;
    private final Cors cors;
    private final SqlTexts texts = new SqlTexts();
    private final ReadProofs proofs = new ReadProofs();
    private final Map<String, Cache<Long, ValueType>> valueTypes = new ConcurrentHashMap<>();

    /** @param cors which pages of browsers may ask */
    public SqlEndpoints(RequestParser parser, AccelerateHeaders headers, Cors cors) {
        this.parser = parser;
        this.headers = headers;
        this.cors = cors;
    }

    /** Adds the protocol's routes. */
    public void addTo(Router.Builder routes, RequestRunner requests) {
        Handler sql = requests.handler(SQL, new SqlConvention(), this::begin);
        if (!cors.isOn()) {
            routes.route("POST", PATH, sql);
            return;
        }
        routes.route("POST", PATH, cors.around(sql));
        routes.route(
                "OPTIONS",
                PATH,
                cors.preflight(
                        "POST",
                        "Authorization, Content-Type, Cache-Control, Accelerate-Cache-Tags, " + SqlHeaders.ALL));
    }

    private @Nullable Endpoint begin(Exchange exchange, ApiKey apiKey, Database database) {
        SqlHeaders asked = SqlHeaders.of(exchange);
        if (exchange.body().length > QUICK_BYTES) {
            return request -> answer(request, asked, cacheUse(asked, exchange, apiKey, database, request.parsing()));
        }
        CacheUse cache = cacheUse(asked, exchange, apiKey, database, ParseMeter.NONE);
        Answer stored = cache.stored();
        if (stored != null) {
            exchange.answer(stored);
            return null;
        }
        return request -> answer(request, asked, cache);
    }

    private CacheUse cacheUse(SqlHeaders asked, Exchange exchange, ApiKey apiKey, Database database, ParseMeter meter) {
        CacheUse.Asked use = new CacheUse.Asked(
                exchange,
                apiKey,
                database,
                CacheKey.Protocol.SQL,
                asked.context(),
                headers,
                request -> bytes(read(single(request), asked, request, request.cancellation())));
        int maxTags = database.cache().policy().maxTags();
        CacheStrategy inBody = Member.CACHE_STRATEGY.isMentionedIn(exchange.body())
                ? SqlRequest.strategy(exchange.body(), parser, maxTags, meter)
                : null;
        return inBody == null ? CacheUse.byHeaders(use) : CacheUse.of(use, inBody);
    }

    private Query single(RequestContext request) {
        return ((SqlRequest.Single) SqlRequest.of(request.exchange().body(), parser, request.parsing())).query();
    }

    private Answer answer(RequestContext request, SqlHeaders asked, CacheUse cache) {
        return switch (SqlRequest.of(request.exchange().body(), parser, request.parsing())) {
            case SqlRequest.Single(Query query) -> answer(query, asked, request, cache);
            case SqlRequest.Batch(List<Query> queries) ->
                cache.bypass(asked.echo(transaction(queries, asked, request)));
        };
    }

    private Answer answer(Query query, SqlHeaders asked, RequestContext request, CacheUse cache) {
        CacheStrategy strategy = cache.strategyFor(null);
        if (!strategy.caches()) {
            return cache.bypass(uncached(query, asked, request));
        }
        String objection = SqlErrors.translated(() -> proofs.objection(texts.of(query.sql()), query, request));
        if (!objection.isEmpty()) {
            return cache.bypass(uncached(query, asked, request).header("hasten-not-cached", printable(objection)));
        }
        return cache.answer(cache.fetch(
                strategy,
                null,
                request.cancellation(),
                cancellation -> bytes(read(query, asked, request, cancellation))));
    }

    private Answer uncached(Query query, SqlHeaders asked, RequestContext request) {
        return json(read(query, asked, request, request.cancellation()));
    }

    private static Answer json(JsonBuffer body) {
        return Answer.json(200, body.array(), body.size());
    }

    /** What is kept must not be longer than it is. */
    private static byte[] bytes(JsonBuffer body) {
        return Arrays.copyOf(body.array(), body.size());
    }

    /** Names in it may have any characters; headers may not. */
    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }

    private JsonBuffer read(Query query, SqlHeaders asked, RequestContext request, Cancellation cancellation) {
        return SqlErrors.translated(() -> request.pooled(cancellation, statements -> {
            JsonBuffer out = JsonBuffer.withoutFrame(request.database().answerBytes(), cancellation);
            run(query, asked, request, statements, out);
            return out;
        }));
    }

    private Answer transaction(List<Query> queries, SqlHeaders asked, RequestContext request) {
        return SqlErrors.translated(() -> request.pooled(
                request.cancellation(),
                statements -> statements.inTransaction(asked.mode(), () -> {
                    Cancellation cancellation = request.cancellation();
                    JsonBuffer out = JsonBuffer.withoutFrame(request.database().answerBytes(), cancellation);
                    out.ascii("{\"results\":[");
                    for (int i = 0; i < queries.size(); i++) {
                        if (i > 0) {
                            out.raw(',');
                        }
                        StatementResult written = run(queries.get(i), asked, request, statements, out);
                        // Its rows are garbage now.
                        cancellation.memory().give(MemoryUse.RESULTS, written.heapBytes());
                    }
                    out.ascii("]}");
                    return json(out);
                })));
    }

    private StatementResult run(
            Query query, SqlHeaders asked, RequestContext request, PooledStatements statements, JsonBuffer out) {
        SqlText text = texts.of(query.sql());
        StatementResult result = request.telemetry()
                .observed(
                        text.sql(),
                        query.parameters(),
                        () -> statements.run(text, query.parameters(), StatementPolicy.CLIENT_STATEMENT));
        boolean arrayMode = query.arrayMode() == null ? asked.arrayMode() : query.arrayMode();
        Cache<Long, ValueType> known =
                valueTypes.computeIfAbsent(request.database().name(), _ -> ValueTypes.newCache());
        new SqlAnswer(out, new ValueTypes(known, statements::run), asked.rawText()).write(result, arrayMode);
        return result;
    }
}
