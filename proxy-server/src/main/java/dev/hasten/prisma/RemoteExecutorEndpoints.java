package dev.hasten.prisma;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.http.Answer;
import dev.hasten.http.Router;
import dev.hasten.plan.JsonBuffer;
import dev.hasten.plan.PlanInterpreter;
import dev.hasten.plan.Statements;
import dev.hasten.protocol.QueryRequest;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.SqlComment;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.value.GeneratorState;
import dev.hasten.protocol.value.Generators;
import dev.hasten.request.RequestContext;
import dev.hasten.request.RequestRunner;
import dev.hasten.transaction.PooledStatements;
import io.netty.buffer.Unpooled;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The calls of the remote-executor protocol. Source: {@code query-plan-executor/src/server/server.ts} and the client's
 * {@code RemoteExecutor.ts}.
 */
public final class RemoteExecutorEndpoints {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final byte[] NO_DATA = "{}".getBytes(UTF_8);

    private final RequestParser parser;
    private final PlanCache plans;
    private final PlanInterpreter interpreter = new PlanInterpreter();
    private final Clock clock;
    private final RandomGenerator random;
    private final GeneratorState generatorState;

    /** @param random for the ids that plans ask for; must be cryptographically strong and thread-safe */
    public RemoteExecutorEndpoints(
            RequestParser parser, Clock clock, RandomGenerator random, GeneratorState generatorState) {
        this.parser = parser;
        this.plans = new PlanCache(parser);
        this.clock = clock;
        this.random = random;
        this.generatorState = generatorState;
    }

    /** Adds the protocol's routes. */
    public void addTo(Router.Builder routes, RequestRunner runner) {
        routes.route("GET", "/connection-info", runner.handler(RemoteExecutorEndpoints::connectionInfo));
        routes.route("POST", "/query", runner.handler(this::query));
        routes.route("POST", "/transaction/start", runner.handler(this::startTransaction));
        routes.route("POST", "/transaction/{id}/query", runner.handler(this::transactionQuery));
        routes.route("POST", "/transaction/{id}/commit", runner.handler(RemoteExecutorEndpoints::commit));
        routes.route("POST", "/transaction/{id}/rollback", runner.handler(RemoteExecutorEndpoints::rollback));
    }

    private static Answer connectionInfo(RequestContext request) {
        Map<String, Object> info = new LinkedHashMap<>();
        String schema = request.database().schema();
        if (schema != null) {
            info.put("schemaName", schema);
        }
        info.put("supportsRelationJoins", true);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("provider", "postgres");
        body.put("connectionInfo", info);
        return Answer.json(200, JSON.writeValueAsBytes(body));
    }

    private Answer query(RequestContext request) {
        QueryRequest query = parser.query(request.exchange().body());
        PlanNode plan = plans.get(request.exchange().body(), query.plan());
        JsonBuffer data;
        try (PooledStatements statements =
                new PooledStatements(request.database().pool(), request.cancellation(), request.telemetry())) {
            data = run(plan, query, statements, request);
        }
        return answer(data, request);
    }

    private Answer transactionQuery(RequestContext request) {
        QueryRequest query = parser.query(request.exchange().body());
        PlanNode plan = plans.get(request.exchange().body(), query.plan());
        JsonBuffer[] data = new JsonBuffer[1];
        request.database()
                .transactions()
                .query(
                        request.exchange().pathParameter("id"),
                        request.cancellation(),
                        statements -> data[0] = run(plan, query, statements, request));
        return answer(data[0], request);
    }

    private @Nullable JsonBuffer run(PlanNode plan, QueryRequest query, Statements statements, RequestContext request) {
        String comment = SqlComment.of(query.comments());
        return interpreter.run(
                plan,
                new PlanInterpreter.Run(
                        query.parameters(),
                        new Generators(clock, random, generatorState),
                        statements,
                        request.telemetry(),
                        request.cancellation(),
                        comment.isEmpty() ? "" : " " + comment,
                        request.database().answerBytes()));
    }

    private static Answer answer(@Nullable JsonBuffer data, RequestContext request) {
        Map<String, Object> extensions = request.telemetry().extensions();
        if (data == null) {
            return extensions == null ? Answer.json(200, NO_DATA) : withExtensions(Map.of(), extensions);
        }
        JsonBuffer body = data.finish(extensions == null ? null : JSON.writeValueAsBytes(extensions));
        return Answer.json(200, Unpooled.wrappedBuffer(body.array(), 0, body.size()));
    }

    private static Answer withExtensions(Map<String, ?> body, Map<String, Object> extensions) {
        Map<String, Object> all = new LinkedHashMap<>(body);
        all.put("extensions", extensions);
        return Answer.json(200, JSON.writeValueAsBytes(all));
    }

    private static Answer plain(Map<String, ?> body, RequestContext request) {
        Map<String, Object> extensions = request.telemetry().extensions();
        return extensions == null ? Answer.json(200, JSON.writeValueAsBytes(body)) : withExtensions(body, extensions);
    }

    private Answer startTransaction(RequestContext request) {
        TransactionStartRequest start =
                TransactionStartRequest.of(parser.object(request.exchange().body()));
        String[] id = new String[1];
        String nestedIn = start.nestedIn();
        request.telemetry().span("start_transaction", () -> {
            if (nestedIn != null) {
                request.database().transactions().startNested(nestedIn, request.cancellation());
                id[0] = nestedIn;
            } else {
                id[0] = request.database().transactions().start(start.options(), request.cancellation());
            }
        });
        return plain(Map.of("id", id[0]), request).header("Prisma-Transaction-Id", id[0]);
    }

    private static Answer commit(RequestContext request) {
        request.database()
                .transactions()
                .commit(request.exchange().pathParameter("id"), request.cancellation(), request.telemetry());
        return plain(Map.of(), request);
    }

    private static Answer rollback(RequestContext request) {
        request.database()
                .transactions()
                .rollback(request.exchange().pathParameter("id"), request.cancellation(), request.telemetry());
        return plain(Map.of(), request);
    }
}
