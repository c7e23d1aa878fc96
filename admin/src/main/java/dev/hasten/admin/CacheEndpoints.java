package dev.hasten.admin;

import dev.hasten.admission.Database;
import dev.hasten.cache.CacheUse;
import dev.hasten.cache.CacheUse.TopEntry;
import dev.hasten.cache.CacheUse.Use;
import dev.hasten.cache.Invalidation;
import dev.hasten.cache.PastInvalidation;
import dev.hasten.cache.RelationIds;
import dev.hasten.cache.Uncached;
import dev.hasten.deadline.CancelledException;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.invalidation.InvalidateRequest;
import dev.hasten.invalidation.TableNames;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.LowerCamelCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What the caches are used for, and invalidation by an operator. By tags, it is the same as on the client port, but without
 * the rate limit, which must not delay an operator during an incident.
 */
final class CacheEndpoints {
    private static final String OPERATOR = "requested with the " + AdminApi.ACTOR;

    private static final String DATABASE = "database";
    private static final int MOST_TABLES = 100;
    private static final int DEFAULT_TOP = 20;
    private static final int MOST_TOP = 1000;
    private static final int DEFAULT_INVALIDATIONS = 100;
    private static final int MOST_INVALIDATIONS = 1024;
    private static final int LONGEST_MODEL = 100;

    private final HastenServer server;

    /**
     * {@code POST /cache/invalidate}: exactly one of {@code tags}, {@code tables} and {@code model}.
     *
     * @param tags a list, or "all"
     */
    record InvalidateBody(
            @Nullable String database,
            @Nullable JsonNode tags,
            @Nullable List<String> tables,
            @Nullable String model) {}

    /** The response of {@code POST /cache/invalidate}. */
    record Invalidated(String database) {}

    /** {@code POST /schema/invalidate}. */
    record SchemaBody(@Nullable String database) {}

    /** The response of {@code POST /schema/invalidate}, with the same names as on the client port. */
    @JsonNaming(LowerCamelCaseStrategy.class)
    record SchemaChanged(String database, long schemaEpoch) {}

    /**
     * {@code GET /cache/use}: the stored responses by model and by tag, and those that save most time.
     *
     * @param uncached requests that did not use the cache since the server started, by reason
     */
    record CacheUseReport(
            String database,
            Map<String, Use> models,
            Map<String, Use> tags,
            List<TopEntry> top,
            Map<String, Long> uncached) {}

    /** {@code GET /cache/invalidations}: the newest first. */
    record Invalidations(List<PastInvalidationReport> invalidations) {}

    /** @param detail who changed or reported it */
    record PastInvalidationReport(String database, long generation, Instant at, String kind, String detail) {}

    CacheEndpoints(HastenServer server) {
        this.server = server;
    }

    /** Returns 200 once no later request can get older data, or throws 400 if the request is invalid. */
    Response invalidate(Exchange exchange) {
        InvalidateBody body = AdminJson.read(exchange.body(), InvalidateBody.class);
        Database database = database(body.database());
        List<String> tables = body.tables();
        String model = body.model();
        long subjects =
                Stream.of(body.tags(), tables, model).filter(Objects::nonNull).count();
        if (subjects > 1) {
            throw ApiError.invalidParameters("Invalid invalidation: use only one of `tags`, `tables` and `model`");
        }
        if (tables != null) {
            invalidateTables(database, tables);
        } else if (model != null) {
            if (model.isBlank() || model.length() > LONGEST_MODEL) {
                throw ApiError.invalidParameters("Invalid invalidation: `model` must be the name of a Prisma model");
            }
            database.cache().invalidateModel(model, OPERATOR);
        } else {
            InvalidateRequest.ofTags(
                            body.tags(), database.cache().policy().limits().maxTags())
                    .applyTo(database.cache(), OPERATOR);
        }
        return AdminJson.response(200, new Invalidated(database.name()));
    }

    private void invalidateTables(Database database, List<String> tables) {
        if (database.cache().policy().invalidation() == Invalidation.TAGS) {
            throw ApiError.of(
                    409,
                    "P6000",
                    "The tables of responses are known only if cache.invalidation of the database is writes or stream."
                            + " Invalidate by `tags` or `model` instead");
        }
        if (tables.isEmpty() || tables.size() > MOST_TABLES) {
            throw ApiError.invalidParameters("Invalid invalidation: `tables` must have 1 to " + MOST_TABLES + " names");
        }
        try {
            RelationIds found = TableNames.find(database, server.watchdog(), tables);
            database.cache().invalidateTables(found, OPERATOR, tables);
        } catch (IllegalArgumentException e) {
            throw ApiError.invalidParameters("Invalid invalidation: " + e.getMessage());
        } catch (DatabaseException | CancelledException e) {
            throw ApiError.unavailable(
                    "The tables cannot be looked up, because the database cannot be reached. Invalidate all tags instead",
                    Duration.ofSeconds(1));
        }
    }

    /**
     * Returns 200 with the new schema epoch, or throws 400 if the request is invalid. The body is optional, as on the
     * client port.
     */
    Response schemaChanged(Exchange exchange) {
        String name = exchange.body().length == 0
                ? null
                : AdminJson.read(exchange.body(), SchemaBody.class).database();
        Database database = database(name);
        return AdminJson.response(200, new SchemaChanged(database.name(), database.schemaChanged(OPERATOR)));
    }

    Response use(Exchange exchange) {
        Query query = new Query(exchange);
        Database database = database(query.text(DATABASE));
        CacheUse use = database.cache().use(query.number("top", DEFAULT_TOP, MOST_TOP));
        Map<String, Long> uncached = new TreeMap<>();
        for (Uncached.Reason reason : Uncached.Reason.values()) {
            long count = database.cache().statistics().uncached(reason);
            if (count > 0) {
                uncached.put(reason.label(), count);
            }
        }
        return AdminJson.response(
                200, new CacheUseReport(database.name(), use.models(), use.tags(), use.top(), uncached));
    }

    Response invalidations(Exchange exchange) {
        Query query = new Query(exchange);
        int limit = query.number("limit", DEFAULT_INVALIDATIONS, MOST_INVALIDATIONS);
        String name = query.text(DATABASE);
        List<PastInvalidationReport> all = new ArrayList<>();
        for (Database database : name == null ? server.databases().values() : List.of(database(name))) {
            database.cache().invalidations(limit).forEach(past -> all.add(described(database, past)));
        }
        return AdminJson.response(
                200,
                new Invalidations(all.stream()
                        .sorted((one, other) -> other.at().compareTo(one.at()))
                        .limit(limit)
                        .toList()));
    }

    private static PastInvalidationReport described(Database database, PastInvalidation past) {
        return new PastInvalidationReport(
                database.name(),
                past.generation(),
                Objects.requireNonNull(past.at()),
                Objects.requireNonNull(past.cause()).kind().label(),
                past.cause().detail());
    }

    private Database database(@Nullable String name) {
        Map<String, Database> databases = server.databases();
        try {
            return Objects.requireNonNull(databases.get(DatabaseName.chosen(name, databases.keySet())));
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
