package dev.hasten.cli;

import java.util.List;

/** The steps of the demo, in order. To add a step, add a line to {@link #list}. */
final class DemoSteps {
    private static final int MANY = 100;
    private static final int SOME = 25;

    private final DemoStage stage;
    private final DemoClient client;

    private DemoSteps(DemoStage stage) {
        this.stage = stage;
        this.client = stage.client();
    }

    static List<DemoStep> all(DemoStage stage) {
        return new DemoSteps(stage).list();
    }

    private List<DemoStep> list() {
        return List.of(
                query("findUnique by e-mail", MANY, "find-unique.json"),
                query("findMany, filtered and sorted", MANY, "find-many.json"),
                query("findMany with include", MANY, "include.json"),
                query("update", MANY, "update.json"),
                new DemoStep(
                        "interactive transaction", SOME, 200, this::transaction, _ -> "start, create, count, commit"),
                query("raw SQL", MANY, "raw.json"),
                cached("findMany, cacheStrategy ttl: first", 1, "max-age=60"),
                cached("  the same again", MANY, "max-age=60"),
                // Without a ttl, an entry is never fresh: each response is stale and is refreshed in the background.
                cached("  with swr only (stale, refreshed)", MANY, "stale-while-revalidate=60"),
                new DemoStep(
                        "  invalidate by tag",
                        1,
                        200,
                        () -> client.post("/invalidate", "invalidate.json"),
                        _ -> "applies to all requests from now on"),
                cached("  after the invalidation", 1, "max-age=60"),
                new DemoStep(
                        "findUnique with a wrong key",
                        1,
                        401,
                        () -> client.postAs("hasten_wrong_key", "/query", "find-unique.json"),
                        reply -> reply.errorCode() + ": rejected before the body is read"),
                new DemoStep(
                        "query that would take 30 s",
                        1,
                        422,
                        () -> client.postAs(stage.impatientKey(), "/query", "slow.json"),
                        reply -> "%s: cancelled after its limit of 1 s; PostgreSQL runs %d statements"
                                .formatted(reply.errorCode(), stage.runningStatements())));
    }

    private DemoStep query(String title, int calls, String resource) {
        return new DemoStep(title, calls, 200, () -> client.post("/query", resource), _ -> "");
    }

    /** A cached query; the note shows the cache headers of the response. */
    private DemoStep cached(String title, int calls, String cacheControl) {
        return new DemoStep(
                title,
                calls,
                200,
                () -> client.postCached("/query", "find-many.json", cacheControl, "posts"),
                reply -> "accelerate-cache-status: %s, age: %s".formatted(reply.cacheStatus(), reply.age()));
    }

    private DemoReply transaction() throws Exception {
        DemoReply started = client.post("/transaction/start", "transaction-start.json");
        if (started.status() != 200) {
            return started;
        }
        String path = "/transaction/" + started.text("id");
        DemoReply created = client.post(path + "/query", "transaction-create.json");
        if (created.status() != 200) {
            return created;
        }
        DemoReply counted = client.post(path + "/query", "transaction-count.json");
        DemoReply committed = client.post(path + "/commit");
        return committed.status() == 200 ? counted : committed;
    }
}
