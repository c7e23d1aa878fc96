package dev.hasten.admin;

import dev.hasten.activity.RequestActivity;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.insights.QueryShape;
import dev.hasten.postgres.SqlMask;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The running requests. */
final class RequestEndpoints {
    private static final int SHOWN_SQL = 2000;

    private final HastenServer server;

    /** {@code GET /requests}: the oldest first. */
    record Requests(List<Request> requests) {}

    /**
     * A running request.
     *
     * @param query the model and operation; null if they are not known yet
     * @param sql the statement that runs, without its literals; null if none runs
     * @param backendPid the process of PostgreSQL that runs it; null if it is not known
     */
    record Request(
            String id,
            String key,
            String keyName,
            String database,
            String route,
            @Nullable String query,
            RequestActivity.State state,
            long ageMs,
            @Nullable String sql,
            @Nullable Integer backendPid) {}

    RequestEndpoints(HastenServer server) {
        this.server = server;
    }

    Response list(Exchange exchange) {
        return AdminJson.response(
                200,
                new Requests(server.requests().list().stream()
                        .map(RequestEndpoints::described)
                        .toList()));
    }

    private static Request described(RequestActivity request) {
        QueryShape shape = request.shape();
        String sql = request.sql();
        int backend = request.backend();
        return new Request(
                request.origin().requestId(),
                request.origin().key().id(),
                request.origin().key().name(),
                request.origin().database(),
                request.origin().route(),
                shape == null ? null : shape.label(),
                request.state(),
                request.ageMillis(),
                sql == null ? null : SqlMask.of(sql.length() > SHOWN_SQL ? sql.substring(0, SHOWN_SQL) : sql),
                backend == 0 ? null : backend);
    }

    /** Returns 204, or throws 404 if the request has ended. */
    Response cancel(Exchange exchange) {
        String id = exchange.pathParameter("id");
        RequestActivity request = server.requests().find(id);
        if (request == null) {
            throw ApiError.of(404, "P6000", "No running request has this id; it may have ended");
        }
        request.cancel();
        server.audit()
                .record(
                        "request.cancelled",
                        AdminApi.ACTOR,
                        request.origin().database(),
                        Map.of("request", id, "key", request.origin().key().id()));
        return Response.empty(204);
    }
}
