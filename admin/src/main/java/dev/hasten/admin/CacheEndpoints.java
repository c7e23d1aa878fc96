package dev.hasten.admin;

import dev.hasten.admission.Database;
import dev.hasten.http.Answer;
import dev.hasten.http.Exchange;
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
 * Invalidation by an operator. It is what clients can do on their port, without their rate: an operator in trouble is not
 * to be held up.
 */
final class CacheEndpoints {
    private static final String DATABASE = "database";
    private static final List<String> INVALIDATE_FIELDS = List.of(DATABASE, "tags");
    private static final List<String> SCHEMA_FIELDS = List.of(DATABASE);

    private final Map<String, Database> databases;

    /** What was invalidated. */
    private record Invalidated(String database) {}

    /** Named as in the answer to the same call on the client port. */
    @JsonNaming(LowerCamelCaseStrategy.class)
    private record SchemaChanged(String database, long schemaEpoch) {}

    CacheEndpoints(Map<String, Database> databases) {
        this.databases = databases;
    }

    /** 200 once every request that comes after sees no older data, or 400 saying what is wrong. */
    Answer invalidate(Exchange exchange) {
        JsonNode body = AdminJson.object(exchange.body(), INVALIDATE_FIELDS);
        Database database = database(AdminJson.text(body, DATABASE));
        InvalidateRequest.of(body, database.cache().policy().maxTags()).applyTo(database.cache());
        return AdminJson.answer(200, new Invalidated(database.name()));
    }

    /** 200 with the new schema epoch, or 400 saying what is wrong. A body may be left out, as on the client port. */
    Answer schemaChanged(Exchange exchange) {
        String name = exchange.body().length == 0
                ? null
                : AdminJson.text(AdminJson.object(exchange.body(), SCHEMA_FIELDS), DATABASE);
        Database database = database(name);
        return AdminJson.answer(200, new SchemaChanged(database.name(), database.schemaChanged()));
    }

    private Database database(@Nullable String name) {
        try {
            return Objects.requireNonNull(databases.get(DatabaseName.chosen(name, databases.keySet())));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
