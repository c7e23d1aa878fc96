package dev.hasten.config;

import dev.hasten.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An API key of one database. Only the hash of the secret is kept, not the secret itself.
 *
 * @param name unique within its database; shown in logs and metrics
 * @param sha256 64 lower-case hex digits: the SHA-256 of the secret's UTF-8 bytes
 * @param scopes what the key may do; immutable and never empty
 * @param expires the key is rejected from this instant on; null means it never expires
 */
public record ApiKeyConfig(
        String name,
        String sha256,
        Set<KeyScope> scopes,
        @Nullable Instant expires) {
    /**
     * Converts the hash to lower case and copies the scopes.
     *
     * @throws IllegalArgumentException if {@code scopes} is empty
     */
    public ApiKeyConfig {
        sha256 = sha256.toLowerCase(Locale.ROOT);
        scopes = KeyScope.copyOf(scopes);
    }

    /** The value of {@link #sha256()} for a secret. */
    static String sha256(Secret secret) {
        return HexFormat.of().formatHex(Sha256.of(secret.value().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public String toString() {
        return "ApiKeyConfig[name=" + name + ", scopes=" + scopes + ", expires=" + expires + "]";
    }

    /**
     * An element of the list {@code databases.<name>.keys} as written in the configuration.
     *
     * @param name required
     * @param secret exactly one of {@code secret} and {@code sha256} must be set
     * @param sha256 treated as a secret because someone may paste the secret itself here by mistake
     */
    record KeyEntry(
            @Setting(
                    pattern = "[A-Za-z0-9._-]{1,64}",
                    allowed = "1 to 64 of A-Z, a-z, 0-9, `.`, `_` and `-`",
                    doc =
                            "Name of the key in `hasten keys list` and the admin API; must be unique within its database. Required.")
            @Nullable
            String name,

            @Setting(doc = "The key itself. Set either this or `sha256`.") @Nullable
            Secret secret,

            @Setting(
                    pattern = "[0-9a-fA-F]{64}",
                    allowed = "64 hexadecimal digits",
                    doc = "SHA-256 of the key in hex, which keeps the key out of the file. Set either this or"
                            + " `secret`.")
            @Nullable
            Secret sha256,

            @Setting(
                    value = "prisma,sql,invalidate",
                    doc = "What the key may do: `prisma` runs Prisma queries and transactions, `sql` runs SQL over"
                            + " HTTP, `read` restricts both to read-only transactions (on its own, `read`"
                            + " allows both), `invalidate` invalidates the cache by tag, `schema` reports that"
                            + " the schema has changed.")
            Set<KeyScope> scopes,

            @Setting(doc = "Time from which the key is rejected. When unset, the key never expires.") @Nullable
            Instant expires) {}
}
