package dev.hasten.admin;

import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.auth.CreatedKey;
import dev.hasten.http.Answer;
import dev.hasten.http.Exchange;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.Scope;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** API keys over the admin API. */
final class KeyEndpoints {
    private static final List<String> FIELDS = List.of("name", "database", "scopes", "expires");

    private final ApiKeys keys;
    private final Set<String> databases;
    private final Clock clock;

    private record KeyList(List<Key> keys) {}

    private record Key(
            String id,
            String name,
            String database,
            List<String> scopes,
            @Nullable Instant created,
            @Nullable Instant expires,
            boolean expired,
            String source) {}

    /** A new key; its token is told in no other answer. */
    private record NewKey(
            String id,
            String name,
            String database,
            List<String> scopes,
            @Nullable Instant created,
            @Nullable Instant expires,
            String token) {}

    KeyEndpoints(ApiKeys keys, Set<String> databases, Clock clock) {
        this.keys = keys;
        this.databases = databases;
        this.clock = clock;
    }

    /** 200 with every key, those of the configuration first. */
    Answer list() {
        Instant now = clock.instant();
        return AdminJson.answer(
                200,
                new KeyList(keys.list().stream().map(key -> described(key, now)).toList()));
    }

    private static Key described(ApiKey key, Instant now) {
        return new Key(
                key.id(),
                key.name(),
                key.database(),
                Scope.texts(key.scopes()),
                key.created(),
                key.expires(),
                key.expired(now),
                key.source().name().toLowerCase(Locale.ROOT));
    }

    /** 201 with the token, or 400 saying what is wrong. */
    Answer create(Exchange exchange) {
        KeyRequest request = request(AdminJson.object(exchange.body(), FIELDS));
        CreatedKey created;
        try {
            created = request.make(keys, databases, clock.instant());
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
        ApiKey key = created.key();
        return AdminJson.answer(
                201,
                new NewKey(
                        key.id(),
                        key.name(),
                        key.database(),
                        Scope.texts(key.scopes()),
                        key.created(),
                        key.expires(),
                        created.token()));
    }

    private static KeyRequest request(JsonNode body) {
        String name = AdminJson.text(body, "name");
        if (name == null) {
            throw ApiError.badRequest("name is missing: say what the key is for");
        }
        return new KeyRequest(
                name,
                AdminJson.text(body, "database"),
                AdminJson.texts(body, "scopes"),
                AdminJson.text(body, "expires"));
    }

    /** 204; 404 for an unknown id; 409 for a key of the configuration, which only a restart takes away. */
    Answer revoke(Exchange exchange) {
        boolean revoked;
        try {
            revoked = keys.revoke(exchange.pathParameter("id"));
        } catch (IllegalArgumentException e) {
            throw ApiError.of(409, "P6000", String.valueOf(e.getMessage()));
        }
        if (!revoked) {
            throw ApiError.of(404, "P6000", "There is no key with this id; GET /keys lists them");
        }
        return Answer.empty(204);
    }
}
