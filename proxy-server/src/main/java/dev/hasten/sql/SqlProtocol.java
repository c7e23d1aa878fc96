package dev.hasten.sql;

import dev.hasten.admission.Protocol;
import dev.hasten.auth.ApiKey;
import dev.hasten.auth.ApiKeys;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the API key as a bearer token or as the password of a connection string; as in Neon, the token takes
 * precedence. Accepts any content type, because the driver sends none. Errors are in the format of PostgreSQL.
 */
final class SqlProtocol implements Protocol {
    /** The longest name of a user that PostgreSQL keeps. */
    private static final int LONGEST_NAME = 63;

    private static final Set<String> SCHEMES = Set.of("postgresql", "postgres");
    private static final Pattern AFTER_AUTHORITY = Pattern.compile("[/?#]");

    @Override
    public ApiKey key(ApiKeys keys, Exchange head) {
        String bearer = head.header("authorization");
        String connection = head.header(SqlHeaders.CONNECTION_STRING);
        if (bearer != null || connection == null) {
            return keys.authenticate(bearer);
        }
        String[] credentials = credentials(connection);
        try {
            return keys.authenticateToken(credentials[1]);
        } catch (ApiError e) {
            // PostgreSQL's text. Like the general one, it does not tell whether the key is unknown or expired.
            throw ApiError.of(
                    e.status(),
                    e.code(),
                    "password authentication failed for user \"" + shortened(credentials[0]) + "\"");
        }
    }

    @Override
    public boolean requiresJsonType() {
        return false;
    }

    @Override
    public Response error(ApiError error, @Nullable Map<String, ?> extensions) {
        return SqlErrors.response(error);
    }

    private static String shortened(String user) {
        return user.length() <= LONGEST_NAME ? user : user.substring(0, LONGEST_NAME);
    }

    /** Returns the user and password of {@code postgresql://user:password@host/database}. */
    private static String[] credentials(String connection) {
        int scheme = connection.indexOf("://");
        if (scheme < 0 || !SCHEMES.contains(connection.substring(0, scheme))) {
            throw malformed();
        }
        String rest = connection.substring(scheme + 3);
        String authority = AFTER_AUTHORITY.split(rest, 2)[0];
        int at = authority.lastIndexOf('@');
        int colon = authority.indexOf(':');
        if (colon < 0 || at <= colon + 1) {
            throw malformed();
        }
        try {
            return new String[] {decoded(authority.substring(0, colon)), decoded(authority.substring(colon + 1, at))};
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
    }

    /** URLDecoder would decode a plus as a space, which is not valid for this part of a URL. */
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static ApiError malformed() {
        return ApiError.badRequest(
                "Invalid header " + SqlHeaders.CONNECTION_STRING
                        + ": it must be postgresql://user:API_KEY@host/database, with an API key of this server as the password");
    }
}
