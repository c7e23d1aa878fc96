package dev.hasten.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.config.ApiKeyConfig;
import dev.hasten.config.KeyScope;
import dev.hasten.protocol.ApiError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationTest {
    private static final Instant EXPIRY = Instant.parse("2026-12-01T00:00:00Z");

    private final TestClock clock = new TestClock();

    @TempDir
    Path directory;

    private static ApiKeyConfig configured(String name, String secret, @Nullable Instant expires) {
        String sha256 = TokenDigest.of(secret.getBytes(StandardCharsets.UTF_8)).hex();
        return new ApiKeyConfig(name, sha256, KeyScope.DEFAULT, expires);
    }

    private ApiKeys keys() {
        return new ApiKeys(
                Map.of(
                        "main",
                        List.of(configured("app", "accept", null), configured("old", "soon-gone", EXPIRY)),
                        "other",
                        List.of(configured("app", "two words", null), configured("é", "pässwörd-日本", null))),
                directory.resolve("keys.json"),
                clock);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer accept",
                "bearer accept",
                "BEARER accept",
                "bEaReR accept",
                "Bearer   accept",
                "Bearer \t accept",
                "Bearer accept  "
            })
    void configuredSecretIsAcceptedInEverySpellingOfTheScheme(String header) {
        try (ApiKeys keys = keys()) {
            assertThat(keys.authenticate(header))
                    .isEqualTo(new ApiKey(
                            "config:app", "app", "main", KeyScope.DEFAULT, null, null, ApiKey.Source.CONFIG));
        }
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "Bearer",
                "Bearer ",
                "Bearer    ",
                "accept",
                "Beareraccept",
                "Basic accept",
                "Basic YWNjZXB0",
                "Bearer Accept",
                "Bearer accep",
                "Bearer acceptt",
                "Bearer acc ept",
                "Bearer Bearer accept",
                "Bearer \"accept\"",
                "Bearer accept,accept",
                "Token accept",
                "Bearer hasten_abcdefgh_0123456789abcdefghijABCDEFGHIJ01"
            })
    void anythingElseIsRejectedWithTheSameMessage(@Nullable String header) {
        try (ApiKeys keys = keys()) {
            assertRefused(keys, header);
        }
    }

    @Test
    void hashOfASecretIsNotASecret() {
        try (ApiKeys keys = keys()) {
            assertRefused(
                    keys,
                    "Bearer "
                            + TokenDigest.of("accept".getBytes(StandardCharsets.UTF_8))
                                    .hex());
        }
    }

    @Test
    void keyIsOnlyValidForItsOwnDatabase() {
        try (ApiKeys keys = keys()) {
            assertThat(keys.authenticate("Bearer accept").database()).isEqualTo("main");
            assertThat(keys.authenticate("Bearer two words").database()).isEqualTo("other");
        }
    }

    @Test
    void configuredKeyHasItsConfiguredScopes() {
        ApiKeyConfig app = configured("app", "accept", null);
        ApiKeyConfig deploys = new ApiKeyConfig("deploys", "00".repeat(32), Set.of(KeyScope.SCHEMA), null);
        try (ApiKeys keys = new ApiKeys(Map.of("main", List.of(app, deploys)), null, clock)) {
            assertThat(keys.list())
                    .extracting(ApiKey::scopes)
                    .containsExactly(KeyScope.DEFAULT, Set.of(KeyScope.SCHEMA));
            assertThat(keys.authenticateToken("accept").allows(KeyScope.SCHEMA)).isFalse();
        }
    }

    @Test
    void secretOutsideOfAsciiIsAcceptedAsTextAndAsBytes() {
        String secret = "pässwörd-日本";
        String bytesAsChars = new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        try (ApiKeys keys = keys()) {
            assertThat(keys.authenticateToken(secret).name()).isEqualTo("é");
            assertThat(keys.authenticate("Bearer " + bytesAsChars).name()).isEqualTo("é");
        }
    }

    @Test
    void tokenIsAcceptedWithoutAHeader() {
        try (ApiKeys keys = keys()) {
            assertThat(keys.authenticateToken("accept").id()).isEqualTo("config:app");
            assertThatThrownBy(() -> keys.authenticateToken("")).isInstanceOf(ApiError.class);
            assertThatThrownBy(() -> keys.authenticateToken("Bearer accept")).isInstanceOf(ApiError.class);
        }
    }

    @Test
    void keyIsValidUntilTheInstantOfItsExpiry() {
        try (ApiKeys keys = keys()) {
            String created = "Bearer "
                    + keys.create("made", "main", KeyScope.DEFAULT, EXPIRY).token();
            clock.set(EXPIRY.minusNanos(1));
            assertThat(keys.authenticate("Bearer soon-gone").name()).isEqualTo("old");
            assertThat(keys.authenticate(created).name()).isEqualTo("made");
            clock.set(EXPIRY);
            assertRefused(keys, "Bearer soon-gone");
            assertRefused(keys, created);
            clock.set(EXPIRY.plusNanos(1));
            assertRefused(keys, "Bearer soon-gone");
            assertRefused(keys, created);
        }
    }

    @Test
    void rejectionDoesNotRevealTheReason() {
        try (ApiKeys keys = keys()) {
            String revoked = createRevoked(keys);
            String expired = keys.create(
                            "short", "main", KeyScope.DEFAULT, clock.instant().plusSeconds(1))
                    .token();
            clock.set(clock.instant().plus(Duration.ofDays(100)));
            Set<List<Object>> responses = Stream.of(null, "Basic x", "Bearer ", "Bearer unknown")
                    .map(header -> respond(keys, header))
                    .collect(Collectors.toSet());
            responses.add(respond(keys, "Bearer " + revoked));
            responses.add(respond(keys, "Bearer " + expired));
            responses.add(respond(keys, "Bearer soon-gone"));
            assertThat(responses).hasSize(1);
        }
    }

    @Test
    void keyForARemovedDatabaseIsListedButRejected() {
        String token;
        try (ApiKeys keys = keys()) {
            token = keys.create("app", "other", KeyScope.DEFAULT, null).token();
        }
        try (ApiKeys keys = new ApiKeys(Map.of("main", List.of()), directory.resolve("keys.json"), clock)) {
            assertRefused(keys, "Bearer " + token);
            assertThat(keys.list()).extracting(ApiKey::database).containsExactly("other");
        }
    }

    @Test
    void configurationTakesPrecedenceOverTheFileForTheSameToken() throws Exception {
        Files.writeString(directory.resolve("keys.json"), """
                {"version":1,"keys":[{"id":"abcdefgh","name":"x","database":"other","sha256":"%s",
                 "created":"2026-11-22T12:00:00Z"}]}
                """.formatted(
                TokenDigest.of("accept".getBytes(StandardCharsets.UTF_8)).hex()));
        try (ApiKeys keys = keys()) {
            assertThat(keys.authenticate("Bearer accept").database()).isEqualTo("main");
        }
    }

    @Test
    void sameSecretForTwoConfiguredKeysIsRefused() {
        Map<String, List<ApiKeyConfig>> twice =
                Map.of("main", List.of(configured("a", "same", null)), "other", List.of(configured("b", "same", null)));
        assertThatThrownBy(() -> new ApiKeys(twice, null, clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has the same secret as another API key");
    }

    private static String createRevoked(ApiKeys keys) {
        CreatedKey created = keys.create("gone", "main", KeyScope.DEFAULT, null);
        assertThat(keys.revoke(created.key().id())).isTrue();
        return created.token();
    }

    private static List<Object> respond(ApiKeys keys, @Nullable String header) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> keys.authenticate(header));
        assertThat(error).as("rejection of %s", header).isNotNull();
        return List.of(error.status(), error.code(), error.text(), error.meta());
    }

    private static void assertRefused(ApiKeys keys, @Nullable String header) {
        ApiError expected = ApiError.unauthorized();
        assertThat(respond(keys, header))
                .containsExactly(expected.status(), expected.code(), expected.text(), expected.meta());
    }
}
