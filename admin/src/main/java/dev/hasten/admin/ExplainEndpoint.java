package dev.hasten.admin;

import dev.hasten.admission.Database;
import dev.hasten.cache.RecentRequest;
import dev.hasten.deadline.CancelledException;
import dev.hasten.explain.Explanation;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.QuerySignature;
import dev.hasten.server.HastenServer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** {@code GET /cache/explain}: why a request, a query or a statement is cached or not. */
final class ExplainEndpoint {
    private static final String REQUEST = "request";
    private static final String SIGNATURE = "signature";
    private static final String DATABASE = "database";
    private static final String ALLOWED = "choose one of `request` (the id of a request), `signature`"
            + " (accelerate-signature of a response) and `sql`; `database` is allowed in addition";

    private final Semaphore planning = new Semaphore(1);
    private final HastenServer server;
    private final Map<String, Database> databases;

    ExplainEndpoint(HastenServer server) {
        this.server = server;
        this.databases = server.databases();
    }

    /** Returns 200 and an {@link Explanation}; throws 400 if a parameter is invalid, 404 if nothing is known. */
    Response explain(Exchange exchange) {
        Map<String, String> given = new TreeMap<>();
        exchange.queryParameters()
                .forEach((name, values) -> given.put(name, values.getFirst().strip()));
        String database = given.remove(DATABASE);
        if (given.size() != 1) {
            throw ApiError.badRequest("Nothing or too much to explain; " + ALLOWED);
        }
        Map.Entry<String, String> subject = given.entrySet().iterator().next();
        if (subject.getValue().isEmpty()) {
            throw ApiError.badRequest("`" + subject.getKey() + "` is empty; " + ALLOWED);
        }
        return AdminJson.response(
                200,
                switch (subject.getKey()) {
                    case REQUEST -> request(subject.getValue(), database);
                    case SIGNATURE -> signature(subject.getValue(), database);
                    default -> statement(subject.getValue(), database);
                });
    }

    private Explanation request(String text, @Nullable String database) {
        RecentRequest request = recent(text);
        if (request == null) {
            // The header cf-ray adds the region.
            request = recent(text.replaceFirst("-[^-]*$", ""));
        }
        if (request == null) {
            throw unknown("request");
        }
        if (database != null && !request.database().equals(database)) {
            throw ApiError.badRequest("The request belongs to the database " + request.database());
        }
        return server.explainer(database(request.database())).request(request);
    }

    private @Nullable RecentRequest recent(String id) {
        // All databases share the list.
        return databases.values().iterator().next().cache().recent().find(id);
    }

    private Explanation signature(String text, @Nullable String database) {
        QuerySignature signature;
        try {
            signature = QuerySignature.parse(text);
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest("`signature` must have 64 hex digits, like the header accelerate-signature");
        }
        Explanation explanation = server.explainer(database(database)).signature(signature);
        if (explanation == null) {
            throw unknown("signature");
        }
        return explanation;
    }

    private Explanation statement(String sql, @Nullable String database) {
        Database chosen = database(database);
        // The statement may wait for a lock, and must not take all connections of the app.
        if (!planning.tryAcquire()) {
            throw ApiError.tooManyRequests(
                    "Another statement is being explained. Try again later", Duration.ofSeconds(1));
        }
        try {
            return server.explainer(chosen).statement(sql);
        } catch (DatabaseException e) {
            throw ApiError.unavailable("The statement cannot be planned: " + e.getMessage(), Duration.ofSeconds(1));
        } catch (CancelledException e) {
            throw ApiError.queryTimeout(chosen.limits().queryTimeout());
        } finally {
            planning.release();
        }
    }

    private ApiError unknown(String what) {
        int limit = server.config().cache().recentRequests();
        if (limit == 0) {
            return ApiError.of(
                    404, "P6000", "Unknown " + what + ": no requests are remembered (cache.recent_requests)");
        }
        return ApiError.of(
                404,
                "P6000",
                "Unknown %s: it is not among the latest %d requests with a response (cache.recent_requests)%s"
                        .formatted(what, limit, what.equals("signature") ? ", and nothing is stored for it" : ""));
    }

    private Database database(@Nullable String name) {
        try {
            return Objects.requireNonNull(databases.get(DatabaseName.chosen(name, databases.keySet())));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
