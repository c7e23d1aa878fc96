package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.config.Secret;
import dev.hasten.config.ServerConfig;
import dev.hasten.http.HttpServerException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens that the admin API accepts. They can change while the server runs: with a reload of the configuration, and when
 * the file of the generated token is replaced.
 */
final class AdminTokens {
    private static final Logger LOG = LoggerFactory.getLogger(AdminTokens.class);
    private static final String SCHEME = "Bearer ";

    private final Supplier<ServerConfig> config;
    private AdminToken latest;
    private boolean failing;

    /** What a token permits. */
    enum Permission {
        NONE,
        READ,
        WRITE
    }

    /**
     * @param config the configuration in force
     * @param token the token at the start
     */
    AdminTokens(Supplier<ServerConfig> config, AdminToken token) {
        this.config = config;
        this.latest = token;
    }

    /**
     * What the token of a request permits. Reads the file of the generated token, so it may block.
     *
     * @param authorization the value of the {@code Authorization} header; null if the request has none
     */
    Permission permission(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Permission.NONE;
        }
        String given = authorization.substring(SCHEME.length()).strip();
        // Both are compared in any case, in a time that depends only on what was sent.
        boolean write = current().is(given);
        Secret read = config.get().adminReadToken();
        boolean readOnly = read != null && MessageDigest.isEqual(read.value().getBytes(UTF_8), given.getBytes(UTF_8));
        return write ? Permission.WRITE : readOnly ? Permission.READ : Permission.NONE;
    }

    /** The token in force. A file that cannot be read does not change it. */
    private synchronized AdminToken current() {
        try {
            AdminToken found = AdminToken.find(config.get());
            if (found != null) {
                latest = found;
            }
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn(
                        "the admin token cannot be read again, so the one from before stays in force: {}",
                        e.getMessage());
            }
            failing = true;
        }
        return latest;
    }

    /**
     * Replaces the generated token.
     *
     * @return the new token
     * @throws IllegalStateException if the token is configured
     * @throws HttpServerException if the file cannot be written
     */
    synchronized String rotate() {
        if (config.get().adminToken() != null) {
            throw new IllegalStateException(
                    "the token is admin_token in the configuration; change it there and reload the configuration");
        }
        latest = AdminToken.replace(config.get());
        return latest.text();
    }

    /** The file of the generated token; null if the token is configured. */
    @Nullable
    Path file() {
        return latest.file();
    }
}
