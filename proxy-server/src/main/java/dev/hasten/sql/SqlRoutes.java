package dev.hasten.sql;

import static dev.hasten.config.KeyScope.SQL;
import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import dev.hasten.admission.AdmittedRequest;
import dev.hasten.admission.Endpoint;
import dev.hasten.admission.QueryIdentity;
import dev.hasten.admission.RequestContext;
import dev.hasten.admission.RequestRunner;
import dev.hasten.caching.AccelerateHeaders;
import dev.hasten.caching.CacheSession;
import dev.hasten.caching.CacheableQuery;
import dev.hasten.deadline.CancelledException;
import dev.hasten.http.Cors;
import dev.hasten.http.GuardedHandler;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import dev.hasten.json.JsonBuffer;
import dev.hasten.memory.MemoryUse;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.DateTimeInput;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.ParsedStatements;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.proof.ReadProof;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.QuerySignature.Member;
import dev.hasten.protocol.RequestParser;
import dev.hasten.sql.SqlRequest.Query;
import dev.hasten.transaction.PooledStatements;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The route of SQL over HTTP: {@code POST /sql}, with the protocol of {@code @neondatabase/serverless}. */
public final class SqlRoutes {
    private static final String PATH = "/sql";

    /** How many statements of a batch identify it in statistics. */
    private static final int NAMED_STATEMENTS = 5;

    /** The statements that statistics treat as reads. */
    private static final Set<String> READS = Set.of("select", "values", "table");

    /** Larger bodies are not searched on the event loop, because other requests would have to wait. */
    private static final int MAX_QUICK_BYTES = 64 << 10;

    private final RequestParser parser;
    private final AccelerateHeaders headers;
    private final Cors cors;
    private final SqlStreams streams;
    private final ParsedStatements texts = new ParsedStatements();
    private final Map<String, Cache<Long, ResultType>> valueTypes = new ConcurrentHashMap<>();

    /** @param cors the web pages that may send requests */
    public SqlRoutes(RequestParser parser, AccelerateHeaders headers, Cors cors, SqlStreams streams) {
        this.streams = streams;
        this.parser = parser;
        this.headers = headers;
        this.cors = cors;
    }

    /** Adds the protocol's routes. */
    public void addTo(Router.Builder routes, RequestRunner requests) {
        GuardedHandler sql = new NeonErrors(requests.handler(SQL, new SqlProtocol(), this::begin));
        if (!cors.isOn()) {
            routes.guardedRoute("POST", PATH, sql);
            return;
        }
        routes.guardedRoute("POST", PATH, cors.around(sql));
        routes.route(
                "OPTIONS",
                PATH,
                cors.preflight(
                        "POST",
                        "Authorization, Content-Type, Cache-Control, Accelerate-Cache-Tags, " + SqlHeaders.ALL));
    }

    private Endpoint.Outcome begin(AdmittedRequest admitted) {
        SqlHeaders headersOfRequest = SqlHeaders.of(admitted.exchange());
        if (SqlStreams.isWanted(admitted.exchange())) {
            return streams.work(request -> stream(request, headersOfRequest));
        }
        if (admitted.exchange().body().length > MAX_QUICK_BYTES) {
            return (Endpoint.Work) request ->
                    respond(request, headersOfRequest, cacheSession(headersOfRequest, admitted, request.parsing()));
        }
        CacheSession cache = cacheSession(headersOfRequest, admitted, ParseMeter.NONE);
        Response stored = cache.stored();
        if (stored != null) {
            return new Endpoint.Respond(stored);
        }
        return (Endpoint.Work) request -> respond(request, headersOfRequest, cache);
    }

    private CacheSession cacheSession(SqlHeaders asked, AdmittedRequest admitted, ParseMeter meter) {
        CacheSession.CacheRequest request = new CacheSession.CacheRequest(
                admitted,
                "sql",
                asked.context(),
                UnaryOperator.identity(),
                Member.CACHE_STRATEGY,
                headers,
                again -> statement(single(again), asked));
        byte[] body = admitted.exchange().body();
        int maxTags = admitted.database().cache().policy().limits().maxTags();
        CacheStrategy inBody =
                Member.CACHE_STRATEGY.isMentionedIn(body) ? SqlRequest.strategy(body, parser, maxTags, meter) : null;
        return inBody == null ? CacheSession.byHeaders(request) : CacheSession.of(request, inBody);
    }

    private Query single(RequestContext request) {
        return ((SqlRequest.Single) SqlRequest.of(request.exchange().body(), parser, request.parsing())).query();
    }

    private Response respond(RequestContext request, SqlHeaders asked, CacheSession cache) {
        return switch (SqlRequest.of(request.exchange().body(), parser, request.parsing())) {
            case SqlRequest.Single(Query query) -> {
                identify(query, request);
                yield cache.respond(statement(query, asked), request);
            }
            case SqlRequest.Batch(List<Query> queries) -> {
                identify(queries, request);
                yield cache.bypass(asked.echo(transaction(queries, asked, request)), CacheSession.IN_TRANSACTION);
            }
        };
    }

    private void identify(Query query, RequestContext request) {
        boolean read = READS.contains(texts.of(query.sql()).command());
        QueryIdentity.ofSql(request, query.sql(), query.parameters(), read);
    }

    private static void identify(List<Query> queries, RequestContext request) {
        String texts = queries.stream().limit(NAMED_STATEMENTS).map(Query::sql).collect(Collectors.joining("; "));
        QueryIdentity.ofSql(request, texts, List.of(), false);
    }

    private Statement statement(Query query, SqlHeaders asked) {
        return new Statement(query, asked);
    }

    /** A single statement. Its response is the body that {@link #read} writes. */
    private final class Statement implements CacheableQuery {
        private final Query query;
        private final SqlHeaders asked;

        Statement(Query query, SqlHeaders asked) {
            this.query = query;
            this.asked = asked;
        }

        @Override
        public @Nullable String model() {
            return null;
        }

        @Override
        public ReadProof proof(RequestContext request) {
            ReadProof proof = SqlErrors.translated(() -> request.database()
                    .proofs()
                    .of(texts.of(query.sql()), request.cancellation())
                    .reads());
            boolean clock = proof.readsClock()
                    && query.parameters().stream()
                            .anyMatch(value -> value != null && DateTimeInput.dependsOnClock(value));
            return clock ? proof.and(ReadProof.CLOCK) : proof;
        }

        /** SQL that is written by hand can say what it means: the time, for example, can be a parameter. */
        @Override
        public boolean mayBeNonDeterministic() {
            return false;
        }

        @Override
        public JsonBuffer run(RequestContext running) {
            return read(query, asked, running);
        }

        @Override
        public JsonBuffer body(@Nullable JsonBuffer value, byte @Nullable [] extensions) {
            return requireNonNull(value);
        }

        /** Returns null, because only Prisma Client uses telemetry in responses. */
        @Override
        public @Nullable Map<String, ?> extensions(RequestContext running) {
            return null;
        }
    }

    private static Response json(JsonBuffer body) {
        return Response.json(200, body.array(), body.size());
    }

    private JsonBuffer read(Query query, SqlHeaders asked, RequestContext request) {
        return SqlErrors.translated(() -> request.pooled(statements -> {
            JsonBuffer out = newBuffer(request);
            run(query, asked, request, statements, out);
            return out;
        }));
    }

    private static JsonBuffer newBuffer(RequestContext request) {
        return new JsonBuffer(request.database().limits().sqlResponseBytes(), 0, request.cancellation())
                .limitedBy("limits.max_sql_response_bytes");
    }

    private Response transaction(List<Query> queries, SqlHeaders asked, RequestContext request) {
        return SqlErrors.translated(() -> request.pooled(statements -> statements.inTransaction(asked.mode(), () -> {
            JsonBuffer out = newBuffer(request);
            out.ascii("{\"results\":[");
            for (int i = 0; i < queries.size(); i++) {
                if (i > 0) {
                    out.raw(',');
                }
                StatementResult written = run(queries.get(i), asked, request, statements, out);
                // The rows are no longer needed.
                request.cancellation().memory().give(MemoryUse.RESULTS, written.heapBytes());
            }
            out.ascii("]}");
            return json(out);
        })));
    }

    /** Streams the rows of a statement, which runs in a transaction of its own. */
    private Response stream(RequestContext request, SqlHeaders asked) {
        if (!(SqlRequest.of(request.exchange().body(), parser, request.parsing())
                instanceof SqlRequest.Single single)) {
            throw ApiError.badRequest("Only a single statement can be streamed: send `query` instead of `queries`, or"
                    + " accept application/json");
        }
        ParsedStatement text = texts.of(single.query().sql());
        identify(single.query(), request);
        return request.pooled(statements -> {
            SqlStream stream = new SqlStream(request, types(request, statements), asked.rawText());
            statements.awaitConnection();
            try {
                request.telemetry()
                        .observed(text.sql(), single.query().parameters(), statements.backendProcess(), () -> {
                            statements.stream(asked.mode(), text, single.query().parameters(), stream::send);
                            return text;
                        });
                stream.complete();
            } catch (DatabaseException e) {
                stream.fail(SqlErrors.of(e));
            } catch (ApiError e) {
                stream.fail(e);
            } catch (CancelledException e) {
                stream.fail(cancelled(e, request));
            } catch (RuntimeException e) {
                stream.failUnexpectedly(e);
            }
            return Response.STREAMED;
        });
    }

    private static ApiError cancelled(CancelledException cancelled, RequestContext request) {
        return switch (cancelled.reason()) {
            case TIMEOUT -> ApiError.streamTimeout(request.database().limits().streamTimeout());
            case RESULT_TOO_LARGE ->
                ApiError.resultTooLarge(request.database().limits().resultBytes());
            case OPERATOR -> ApiError.cancelledByOperator();
            case SHUTDOWN -> ApiError.unavailable("The server is stopping", Duration.ofSeconds(1));
            // Never received: the client has disconnected.
            case DISCONNECT, TRANSACTION_EXPIRED -> ApiError.of(499, "P6000", "The client has closed the connection");
        };
    }

    private ResultTypes types(RequestContext request, PooledStatements statements) {
        return new ResultTypes(
                valueTypes.computeIfAbsent(request.database().name(), _ -> ResultTypes.newCache()), statements::run);
    }

    private StatementResult run(
            Query query, SqlHeaders asked, RequestContext request, PooledStatements statements, JsonBuffer out) {
        ParsedStatement text = texts.of(query.sql());
        statements.awaitConnection();
        StatementResult result = request.telemetry()
                .observed(
                        text.sql(),
                        query.parameters(),
                        statements.backendProcess(),
                        () -> statements.run(text, query.parameters(), StatementPolicy.CLIENT_STATEMENT));
        request.telemetry().rows(result.rowCount());
        boolean arrayMode = query.arrayMode() == null ? asked.arrayMode() : query.arrayMode();
        new SqlResponse(out, types(request, statements), asked.rawText()).write(result, arrayMode);
        return result;
    }
}
