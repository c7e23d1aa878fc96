package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.config.Secret;
import dev.hasten.http.HttpServerException;
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

    private final Supplier<@Nullable Secret> configured;
    private final Supplier<@Nullable Secret> configuredRead;
    private final Path stateDir;
    private AdminToken latest;
    private boolean failing;

    /** What a token permits. */
    enum Permission {
        NONE,
        READ,
        WRITE
    }

    /**
     * @param configured {@code admin_token} of the configuration in force
     * @param configuredRead {@code admin_read_token} of the configuration in force
     * @param stateDir the directory of the generated token, which is the same until the server is restarted
     * @param token the token at the start
     */
    AdminTokens(
            Supplier<@Nullable Secret> configured,
            Supplier<@Nullable Secret> configuredRead,
            Path stateDir,
            AdminToken token) {
        this.configured = configured;
        this.configuredRead = configuredRead;
        this.stateDir = stateDir;
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
        AdminToken current = current();
        boolean write = current != null && current.is(given);
        Secret read = configuredRead.get();
        boolean readOnly = read != null && MessageDigest.isEqual(read.value().getBytes(UTF_8), given.getBytes(UTF_8));
        return write ? Permission.WRITE : readOnly ? Permission.READ : Permission.NONE;
    }

    /**
     * The token in force. A file that was deleted is replaced with a new token; one that cannot be read does not change the
     * token.
     *
     * @return null if the token was in the configuration before, and no token can be generated
     */
    private synchronized @Nullable AdminToken current() {
        Secret inConfig = configured.get();
        try {
            latest = AdminToken.of(inConfig, stateDir);
            failing = false;
        } catch (HttpServerException e) {
            if (!failing) {
                LOG.warn("{}; until then, only a token from before that file is accepted", e.getMessage());
            }
            failing = true;
        }
        return inConfig == null && latest.file() == null ? null : latest;
    }

    /**
     * Replaces the generated token.
     *
     * @return the new token
     * @throws IllegalStateException if the token is configured
     * @throws HttpServerException if the file cannot be written
     */
    synchronized String rotate() {
        if (configured.get() != null) {
            throw new IllegalStateException(
                    "the token is admin_token in the configuration; change it there and reload the configuration");
        }
        latest = AdminToken.replace(stateDir);
        return latest.text();
    }

    /** The file of the generated token; null if the token is configured. */
    @Nullable
    Path file() {
        return latest.file();
    }
}
