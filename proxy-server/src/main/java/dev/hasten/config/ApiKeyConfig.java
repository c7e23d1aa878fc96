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
 * @param limits how much its requests may use
 */
public record ApiKeyConfig(
        String name,
        String sha256,
        Set<KeyScope> scopes,
        @Nullable Instant expires,
        KeyLimits limits) {
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

    /** A key without limits. */
    public ApiKeyConfig(String name, String sha256, Set<KeyScope> scopes, @Nullable Instant expires) {
        this(name, sha256, scopes, expires, KeyLimits.NONE);
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
                    pattern =
                            "[\\p{L}\\p{N}\\p{P}\\p{S}]([\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{0,62}[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}])?",
                    allowed = "1 to 64 printable characters without leading or trailing spaces",
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
            Instant expires,

            @Setting(
                    value = "0",
                    min = "1",
                    max = "1000000",
                    zero = "no limit",
                    doc = "Requests per second, on average. Requests beyond a limit of the key get status 429 (P5011).")
            int requestsPerSecond,

            @Setting(
                    value = "0",
                    min = "1",
                    max = "1000000",
                    zero = "the value of `requests_per_second`",
                    doc = "How many requests may arrive at once. Requires `requests_per_second`.")
            int burst,

            @Setting(
                    value = "0",
                    min = "1",
                    max = "1000000",
                    zero = "no limit",
                    doc = "Requests of the key that run at the same time.")
            int maxConcurrent,

            @Setting(value = "0", min = "1", zero = "no limit", doc = "Requests per day, in UTC.")
            int requestsPerDay,

            @Setting(value = "0", min = "1", zero = "no limit", doc = "Requests per month, in UTC.")
            int requestsPerMonth,

            @Setting(
                    value = "0",
                    min = "1kb",
                    max = "900000gb",
                    zero = "no limit",
                    doc = "Size of request and response bodies per day, in UTC.")
            long bytesPerDay,

            @Setting(
                    value = "0",
                    min = "1kb",
                    max = "900000gb",
                    zero = "no limit",
                    doc = "Size of request and response bodies per month, in UTC.")
            long bytesPerMonth) {
        /**
         * The limits together.
         *
         * @throws IllegalArgumentException if they contradict each other
         */
        KeyLimits limits() {
            return new KeyLimits(
                    requestsPerSecond,
                    burst,
                    maxConcurrent,
                    requestsPerDay,
                    requestsPerMonth,
                    bytesPerDay,
                    bytesPerMonth);
        }
    }
}
