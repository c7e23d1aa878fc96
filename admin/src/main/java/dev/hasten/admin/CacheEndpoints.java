package dev.hasten.admin;

import dev.hasten.admission.Database;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.invalidation.InvalidateRequest;
import dev.hasten.protocol.ApiError;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.LowerCamelCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Invalidation by an operator. Same as on the client port, but without the rate limit, which must not delay an operator
 * during an incident.
 */
final class CacheEndpoints {
    private static final String DATABASE = "database";
    private static final List<String> INVALIDATE_FIELDS = List.of(DATABASE, "tags");
    private static final List<String> SCHEMA_FIELDS = List.of(DATABASE);

    private static final String OPERATOR = "requested with the admin API";

    private final Map<String, Database> databases;

    /** The response of {@code POST /cache/invalidate}. */
    private record Invalidated(String database) {}

    /** The response of {@code POST /schema/invalidate}, with the same names as on the client port. */
    @JsonNaming(LowerCamelCaseStrategy.class)
    private record SchemaChanged(String database, long schemaEpoch) {}

    CacheEndpoints(Map<String, Database> databases) {
        this.databases = databases;
    }

    /** Returns 200 once no later request can get older data, or throws 400 if the request is invalid. */
    Response invalidate(Exchange exchange) {
        JsonNode body = AdminJson.object(exchange.body(), INVALIDATE_FIELDS);
        Database database = database(AdminJson.text(body, DATABASE));
        InvalidateRequest.of(body, database.cache().policy().limits().maxTags()).applyTo(database.cache(), OPERATOR);
        return AdminJson.response(200, new Invalidated(database.name()));
    }

    /**
     * Returns 200 with the new schema epoch, or throws 400 if the request is invalid. The body is optional, as on the
     * client port.
     */
    Response schemaChanged(Exchange exchange) {
        String name = exchange.body().length == 0
                ? null
                : AdminJson.text(AdminJson.object(exchange.body(), SCHEMA_FIELDS), DATABASE);
        Database database = database(name);
        return AdminJson.response(200, new SchemaChanged(database.name(), database.schemaChanged(OPERATOR)));
    }

    private Database database(@Nullable String name) {
        try {
            return Objects.requireNonNull(databases.get(DatabaseName.chosen(name, databases.keySet())));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
