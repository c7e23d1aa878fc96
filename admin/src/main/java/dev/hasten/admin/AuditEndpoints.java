package dev.hasten.admin;

import dev.hasten.audit.AuditEvent;
import dev.hasten.audit.AuditLog;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import java.util.List;
import java.util.Map;

/** The audit log, and the token whose use it does not show. */
final class AuditEndpoints {
    private static final int DEFAULT_LIMIT = 100;

    private final HastenServer server;
    private final AdminTokens tokens;

    /** {@code GET /audit}: the newest first. */
    record Events(List<AuditEvent> events) {}

    /** {@code POST /token/rotate}. No other response contains the token. */
    record NewToken(String token) {}

    AuditEndpoints(HastenServer server, AdminTokens tokens) {
        this.server = server;
        this.tokens = tokens;
    }

    Response latest(Exchange exchange) {
        int limit = new Query(exchange).number("limit", DEFAULT_LIMIT, AuditLog.REMEMBERED);
        return AdminJson.response(200, new Events(server.audit().latest(limit)));
    }

    /** Returns 200 and the new token, or throws 409 if the token is configured. */
    Response rotateToken(Exchange exchange) {
        String token;
        try {
            token = tokens.rotate();
        } catch (IllegalStateException e) {
            throw ApiError.of(409, "P6000", "The token cannot be replaced: " + e.getMessage());
        }
        server.audit().record("token.rotated", AdminApi.ACTOR, null, Map.of());
        return AdminJson.response(200, new NewToken(token));
    }
}
