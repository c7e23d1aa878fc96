package dev.hasten.stream;

import static dev.hasten.testing.Plans.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A stream whose cache nobody uses keeps up with the commits of others, and does not disturb them. */
@Tag("integration")
final class IdleStreamTest {
    private static final int COMMITS = 30_000;
    private static final Map<String, ?> READ = query("SELECT count(*)::int AS \"n\" FROM \"public\".\"item\"");

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE item (n int)",
            "CREATE PROCEDURE commit_often(times int) LANGUAGE plpgsql AS"
                    + " $$ BEGIN FOR i IN 1..times LOOP INSERT INTO item VALUES (i); COMMIT; END LOOP; END $$");

    /** The client uses the database {@code default}; nobody uses the other one. */
    @RegisterExtension
    final TestServer server = TestServer.on(POSTGRES)
            .with("databases.default.cache.invalidation", "writes")
            .with("databases.idle.url", POSTGRES.url().replace("127.0.0.1", "localhost"))
            .with("databases.idle.cache.invalidation", "stream")
            .with("databases.idle.cache.stream.max_pending_commits", 500);

    private Reply read() {
        Reply reply = server.client().cachedQuery(READ, "max-age=3600");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply;
    }

    private ChangeStream idle() {
        return Objects.requireNonNull(
                Objects.requireNonNull(server.server().databases().get("idle")).stream());
    }

    private void awaitFollowing() {
        await().until(() -> idle().state().phase() == ChangeStream.Phase.FOLLOWING);
    }

    @Test
    void anIdleNameOfTheSameDatabaseLetsOthersCache() {
        awaitFollowing();
        for (int i = 0; i < 3; i++) {
            POSTGRES.execute("INSERT INTO item VALUES (1)");
            String rows = POSTGRES.value("SELECT count(*) FROM item");
            await().until(() -> read().cacheStatus().equals("ttl"));
            await().untilAsserted(() -> assertThat(read().data()).isEqualTo("[{\"n\":" + rows + "}]"));
        }
    }

    @Test
    void manyCommitsAreReadAndForgottenWhileTheCacheIsIdle() {
        awaitFollowing();
        long before = idle().commits();
        POSTGRES.execute("CALL commit_often(" + COMMITS + ")");
        await().atMost(Duration.ofSeconds(40)).until(() -> idle().commits() - before >= COMMITS);
        await().until(() -> idle().pending() == 0);
        await().until(() -> read().cacheStatus().equals("ttl"));
    }
}
