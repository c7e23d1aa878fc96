package dev.hasten.bench.scenario;

import static dev.hasten.bench.setup.BenchTables.USERS;

import dev.hasten.bench.http.Slot;
import dev.hasten.bench.load.Shape;
import dev.hasten.bench.scenario.Scenario.BesideIdle;
import dev.hasten.bench.scenario.Scenario.Plain;
import java.util.List;
import java.util.function.Function;

/** All scenarios. */
public final class Scenarios {
    private static final String STAMPEDE_TAG = "hasten_bench_stampede";
    private static final String USER_TAG = "hasten_bench_user_@ID";

    /** The highest user id that is followed by ten more users, so that all responses have ten rows. */
    private static final int LAST_OF_FULL_PAGE = USERS - 10;

    /** A typical number of cached queries of a busy page. */
    private static final int STALE_KEYS = 100;

    private static final List<Scenario> ALL = List.of(
            one("find-unique-same", "findUnique, always the same id", Requests::findUnique, Picker.oneUser(42)),
            one("find-unique", "findUnique, any of 1,000 ids", Requests::findUnique, Picker.anyUser()),
            one("find-many", "findMany, 50 rows with filter and order", Requests::findMany, page()),
            one("include", "findMany with include: 10 users with 10 posts each, 23 KB", Requests::include, page()),
            one("update-nested", "nested update of a user and a post", Requests::updateNested, Picker.anyUser()),
            one("create", "create of a row", Requests::create, Picker.anyUser()),
            new Plain(
                    "transaction",
                    "interactive transaction: start, findUnique, update, create, commit",
                    List.of(),
                    Scenarios::transaction),
            one("raw-sql", "$queryRaw, one row", Requests::rawSql, Picker.anyUser()),
            one("cache-small", "cache hit, 0.2 KB", Requests::cachedUser, Picker.oneUser(42)),
            one("cache-large", "cache hit, 23 KB", Requests::cachedInclude, Picker.oneUser(42)),
            one(
                    "swr",
                    "cache with a ttl of 1 s and swr, 100 keys: hits with background refreshes",
                    Requests::soonStaleUser,
                    Picker.anyUserUpTo(STALE_KEYS)),
            new Plain(
                    "stampede",
                    "repeatedly: a response is invalidated, and all connections request it at once",
                    List.of(),
                    Scenarios::stampede),
            new Plain("mixed", "90% findUnique, 10% update, Zipfian ids", ReadsAndWrites.KINDS, Scenarios::mixed),
            idle("idle-1000", 1_000),
            idle("idle-10000", 10_000));

    private Scenarios() {}

    /** All scenarios, in the order in which they are listed and run. */
    public static List<Scenario> all() {
        return ALL;
    }

    private static Picker page() {
        return Picker.anyUserUpTo(LAST_OF_FULL_PAGE);
    }

    private static Scenario one(String name, String description, Function<Requests, Step> step, Picker picker) {
        return new Plain(name, description, List.of(), requests -> {
            Step made = step.apply(requests);
            return new Shape.Steady(() -> new OneRequest(made, picker, requests.random()), 1);
        });
    }

    private static Scenario idle(String name, int connections) {
        return new BesideIdle(
                name,
                String.format(java.util.Locale.ROOT, "findUnique with %,d idle keep-alive connections", connections),
                connections,
                requests -> {
                    Step step = requests.findUnique();
                    return new Shape.Steady(() -> new OneRequest(step, Picker.anyUser(), requests.random()), 1);
                });
    }

    private static Shape transaction(Requests requests) {
        List<Step> steps = List.of(
                requests.start(),
                requests.findUniqueInTransaction(),
                requests.updateInTransaction(),
                requests.createInTransaction(),
                requests.commit());
        return new Shape.Steady(() -> new InteractiveTransaction(steps, Picker.anyUser(), requests.random()), 1);
    }

    private static Shape stampede(Requests requests) {
        Step step = requests.cachedPosts(STAMPEDE_TAG);
        Step invalidation = requests.invalidate(STAMPEDE_TAG);
        Picker onePage = (values, _) -> values.set(Slot.POST, 421);
        return new Shape.Stampede(
                () -> new OneRequest(step, onePage, requests.random()),
                new OneRequest(invalidation, onePage, requests.random()));
    }

    private static Shape mixed(Requests requests) {
        ScenarioOptions options = requests.options();
        Picker picker = Picker.popularUsers(new Zipf(USERS, options.zipfExponent()));
        boolean cached = options.mixedTtlSeconds() > 0;
        Step read = cached ? requests.cachedTaggedUser(options.mixedTtlSeconds(), USER_TAG) : requests.findUnique();
        List<Step> write =
                cached ? List.of(requests.update(), requests.invalidate(USER_TAG)) : List.of(requests.update());
        return new Shape.Steady(
                () -> new ReadsAndWrites(read, write, picker, requests.random()), ReadsAndWrites.KINDS.size());
    }
}
