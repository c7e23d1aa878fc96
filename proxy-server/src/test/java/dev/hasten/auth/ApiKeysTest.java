package dev.hasten.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.hasten.config.ApiKeyConfig;
import dev.hasten.config.KeyScope;
import dev.hasten.protocol.ApiError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class ApiKeysTest {
    private static final Map<String, List<ApiKeyConfig>> DATABASES = Map.of(
            "main", List.of(new ApiKeyConfig("app", "00".repeat(32), KeyScope.DEFAULT, null)), "other", List.of());

    private final TestClock clock = new TestClock();
    private final Warnings warnings = new Warnings();

    @TempDir
    Path directory;

    private Path file;
    private ApiKeys server;

    /** Collects log messages at level WARN. */
    private static final class Warnings extends AppenderBase<ILoggingEvent> {
        private final List<String> texts = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel() == Level.WARN) {
                texts.add(event.getFormattedMessage());
            }
        }
    }

    @BeforeEach
    void start() {
        warnings.start();
        logger().addAppender(warnings);
        file = directory.resolve("state/keys.json");
        server = keys();
    }

    @AfterEach
    void stop() {
        server.close();
        logger().detachAppender(warnings);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(ApiKeys.class);
    }

    private ApiKeys keys() {
        return new ApiKeys(DATABASES, file, clock);
    }

    private static boolean accepts(ApiKeys keys, CreatedKey key) {
        try {
            return keys.authenticate("Bearer " + key.token()).equals(key.key());
        } catch (ApiError e) {
            return false;
        }
    }

    @Test
    void createdKeyIsValidAtOnceAndAfterARestart() {
        CreatedKey created = server.create(
                "web shop ✓", "other", Set.of(KeyScope.SCHEMA), clock.instant().plusSeconds(60));
        assertThat(accepts(server, created)).isTrue();
        assertThat(created.token()).startsWith("hasten_" + created.key().id() + "_");
        assertThat(created.key())
                .isEqualTo(new ApiKey(
                        created.key().id(),
                        "web shop ✓",
                        "other",
                        Set.of(KeyScope.SCHEMA),
                        clock.instant(),
                        clock.instant().plusSeconds(60),
                        ApiKey.Source.FILE));
        try (ApiKeys restarted = keys()) {
            assertThat(accepts(restarted, created)).isTrue();
            assertThat(restarted.list()).isEqualTo(server.list()).hasSize(2);
        }
    }

    @Test
    void scopesOfAKeySurviveARestart() {
        CreatedKey created = server.create("deploys", "main", Set.of(KeyScope.SCHEMA, KeyScope.INVALIDATE), null);
        try (ApiKeys restarted = keys()) {
            for (ApiKeys keys : List.of(server, restarted)) {
                ApiKey key = keys.authenticateToken(created.token());
                assertThat(key.allows(KeyScope.SCHEMA)).isTrue();
                assertThat(key.allows(KeyScope.INVALIDATE)).isTrue();
                assertThat(key.allows(KeyScope.PRISMA)).isFalse();
            }
        }
    }

    @Test
    void keyWithoutAScopeIsRefused() {
        assertThatThrownBy(() -> server.create("a", "main", Set.of(), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one scope; allowed scopes: prisma, ");
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void revokedKeyIsRefusedAtOnceAndAfterARestart() {
        CreatedKey kept = server.create("kept", "main", KeyScope.DEFAULT, null);
        CreatedKey gone = server.create("gone", "main", KeyScope.DEFAULT, null);
        assertThat(server.revoke(gone.key().id())).isTrue();
        assertThat(server.revoke(gone.key().id())).isFalse();
        assertThat(accepts(server, gone)).isFalse();
        assertThat(accepts(server, kept)).isTrue();
        try (ApiKeys restarted = keys()) {
            assertThat(accepts(restarted, gone)).isFalse();
            assertThat(accepts(restarted, kept)).isTrue();
        }
    }

    @Test
    void configuredKeyCannotBeRevoked() {
        assertThatThrownBy(() -> server.revoke("config:app"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("config:app is in the configuration");
        assertThat(server.revoke("config:nobody")).isFalse();
    }

    @Test
    void revokingAnUnknownKeyCreatesNoFiles() {
        assertThat(server.revoke("abcdefgh")).isFalse();
        assertThat(file.getParent()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " a", "a ", "a\nb", "a\u0000", "\u001b[31m", "a\u202eb", "a\u200bb", "\ud800"})
    void nameThatCannotBePrintedIsRefused(String name) {
        assertThatThrownBy(() -> server.create(name, "main", KeyScope.DEFAULT, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 64 printable characters");
        assertThat(file.getParent()).doesNotExist();
    }

    @Test
    void nameHasAtMost64Characters() {
        assertThat(server.create("😀".repeat(64), "main", KeyScope.DEFAULT, null)
                        .key()
                        .name())
                .hasSize(128);
        assertThatThrownBy(() -> server.create("a".repeat(65), "main", KeyScope.DEFAULT, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void expiryThatIsNotInTheFutureIsRefused() {
        assertThatThrownBy(() -> server.create("a", "main", KeyScope.DEFAULT, clock.instant()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2026-11-22T12:00:00Z is not in the future");
        assertThatThrownBy(() -> server.create(
                        "a", "main", KeyScope.DEFAULT, clock.instant().minusSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keyForAnUnknownDatabaseIsRefusedNamingTheKnownOnes() {
        assertThatThrownBy(() -> server.create("a", "mian", KeyScope.DEFAULT, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown database mian; known databases: main, other");
    }

    @Test
    void withoutAFileNoKeyCanBeCreated() {
        try (ApiKeys keys = new ApiKeys(DATABASES, null, clock)) {
            assertThat(keys.list()).hasSize(1);
            assertThat(keys.revoke("abcdefgh")).isFalse();
            assertThatThrownBy(() -> keys.create("a", "main", KeyScope.DEFAULT, null))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void changesOfAnotherProcessTakeEffectWithoutARestart() {
        try (ApiKeys commandLine = keys()) {
            CreatedKey created = commandLine.create("from outside", "main", KeyScope.DEFAULT, null);
            await().until(() -> accepts(server, created));
            commandLine.revoke(created.key().id());
            await().until(() -> !accepts(server, created));
        }
        assertThat(warnings.texts).isEmpty();
    }

    @Test
    void removingTheFileRemovesItsKeys() throws Exception {
        CreatedKey created = server.create("a", "main", KeyScope.DEFAULT, null);
        Files.delete(file);
        await().until(() -> !accepts(server, created));
        assertThat(server.list()).hasSize(1);
    }

    @Test
    void malformedFileKeepsTheOldKeysAndIsReportedOnce() throws Exception {
        CreatedKey created = server.create("a", "main", KeyScope.DEFAULT, null);
        String good = Files.readString(file);
        replace("{\"version\":1,");
        await().until(() -> !warnings.texts.isEmpty());
        await().during(Duration.ofMillis(1500)).atMost(Duration.ofSeconds(5)).until(() -> warnings.texts.size() == 1);
        assertThat(warnings.texts.getFirst()).contains(file.toString()).contains("not valid JSON");
        assertThat(accepts(server, created)).isTrue();
        assertThatThrownBy(() -> server.create("b", "main", KeyScope.DEFAULT, null))
                .isInstanceOf(KeyFileException.class);
        assertThat(file).hasContent("{\"version\":1,");

        replace(good.replace("\"main\"", "\"gone\""));
        await().until(() -> !accepts(server, created));
        replace("[]");
        await().until(() -> warnings.texts.size() == 2);
    }

    @Test
    void serverDoesNotStartWithAMalformedFile() throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "oops");
        assertThatThrownBy(this::keys).isInstanceOf(KeyFileException.class).hasMessageContaining(file.toString());
    }

    @Test
    void closedKeysStayValidButAreNotReloaded() {
        CreatedKey created = server.create("a", "main", KeyScope.DEFAULT, null);
        server.close();
        server.close();
        assertThat(accepts(server, created)).isTrue();
    }

    private void replace(String content) throws Exception {
        Path next = Files.writeString(directory.resolve("next"), content);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
