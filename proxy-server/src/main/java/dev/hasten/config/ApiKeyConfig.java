package dev.hasten.config;

import dev.hasten.protocol.Scope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An API key of one database. The secret itself is forgotten once its hash is known.
 *
 * @param name unique in its database; logs and metrics show it
 * @param sha256 64 lower-case hex digits: the SHA-256 of the secret's UTF-8 bytes
 * @param scopes what the key may do; immutable and never empty
 * @param expires from this instant on the key is refused; null means never
 */
public record ApiKeyConfig(
        String name,
        String sha256,
        Set<Scope> scopes,
        @Nullable Instant expires) {
    /**
     * Brings the hash into its one form and copies the scopes.
     *
     * @throws IllegalArgumentException if there is no scope
     */
    public ApiKeyConfig {
        sha256 = sha256.toLowerCase(Locale.ROOT);
        scopes = Scope.copyOf(scopes);
    }

    /** The hash by which a secret is known. */
    static String sha256(Secret secret) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(secret.value().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "ApiKeyConfig[name=" + name + ", scopes=" + scopes + ", expires=" + expires + "]";
    }

    /**
     * An element of the list {@code databases.<name>.keys} as it is written.
     *
     * @param name required
     * @param secret either this or sha256
     * @param sha256 handled like a secret, because a secret is what may stand here by mistake
     */
    record Entry(
            @Setting(
                    pattern = "[A-Za-z0-9._-]{1,64}",
                    doc = "Name of the key in logs and metrics; unique in its database. Required.")
            @Nullable
            String name,

            @Setting(doc = "The key itself; give this or `sha256`.") @Nullable
            Secret secret,

            @Setting(
                    pattern = "[0-9a-fA-F]{64}",
                    doc = "SHA-256 of the key in hex, which keeps the key out of the file; give this or `secret`.")
            @Nullable
            Secret sha256,

            @Setting(
                    value = "prisma,sql,invalidate",
                    doc =
                            "What the key may do: `prisma` runs Prisma queries and transactions, `sql` runs SQL over HTTP,"
                                    + " `read` limits both to read-only transactions (alone, it allows both so), `invalidate`"
                                    + " invalidates the cache by tag, `schema` tells that the schema has changed.")
            Set<Scope> scopes,

            @Setting(doc = "The key is refused from this instant on.") @Nullable
            Instant expires) {}
}
