package dev.hasten.bench.scenario;

import static dev.hasten.bench.http.CacheStatus.MISS;
import static dev.hasten.bench.http.CacheStatus.SWR;
import static dev.hasten.bench.http.CacheStatus.TTL;

import dev.hasten.bench.http.Expectation;
import dev.hasten.bench.http.Request;
import dev.hasten.bench.http.Target;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** The requests of the scenarios for one server. */
public final class Requests {
    /** The tag of all cached responses, so that they can be invalidated when the tables are created again. */
    public static final String TAG = "hasten_bench";

    private static final String QUERY = "/query";
    private static final String IN_TRANSACTION = "/transaction/@TRANSACTION/query";

    private final Target target;
    private final ScenarioOptions options;
    private final SplittableRandom random;

    /** @param seed seed of the random number generator */
    public Requests(Target target, ScenarioOptions options, long seed) {
        this.target = target;
        this.options = options;
        this.random = new SplittableRandom(seed);
    }

    ScenarioOptions options() {
        return options;
    }

    /** A random number generator for one user. */
    RandomGenerator random() {
        return random.split();
    }

    /** One user by id. */
    Step findUnique() {
        return step(QUERY, RecordedBody.FIND_UNIQUE, ExpectedResponses.USER);
    }

    /** One user by id, within a transaction. */
    Step findUniqueInTransaction() {
        return step(IN_TRANSACTION, RecordedBody.FIND_UNIQUE, ExpectedResponses.USER);
    }

    /** Fifty posts. */
    Step findMany() {
        return step(QUERY, RecordedBody.FIND_MANY, ExpectedResponses.POSTS);
    }

    /** Ten users, each with ten posts. */
    Step include() {
        return step(QUERY, RecordedBody.INCLUDE, ExpectedResponses.USERS_WITH_POSTS);
    }

    /** Changes a user. */
    Step update() {
        return step(QUERY, RecordedBody.UPDATE, ExpectedResponses.USER);
    }

    /** Changes a user within a transaction. */
    Step updateInTransaction() {
        return step(IN_TRANSACTION, RecordedBody.UPDATE, ExpectedResponses.USER);
    }

    /** Changes a user and one of their posts. */
    Step updateNested() {
        return step(QUERY, RecordedBody.UPDATE_NESTED, ExpectedResponses.USER);
    }

    /** Creates an event. */
    Step create() {
        return step(QUERY, RecordedBody.CREATE, ExpectedResponses.EVENT);
    }

    /** Creates an event within a transaction. */
    Step createInTransaction() {
        return step(IN_TRANSACTION, RecordedBody.CREATE, ExpectedResponses.EVENT);
    }

    /** One user, by raw SQL. */
    Step rawSql() {
        return step(QUERY, RecordedBody.RAW_SQL, ExpectedResponses.RAW_ROW);
    }

    /** Starts a transaction. */
    Step start() {
        return step("/transaction/start", RecordedBody.TRANSACTION_START, ExpectedResponses.TRANSACTION);
    }

    /** Commits the transaction. */
    Step commit() {
        return new Step(Request.of(target, "/transaction/@TRANSACTION/commit", ""), ExpectedResponses.DONE);
    }

    /** One user, from the cache except for the first time. */
    Step cachedUser() {
        return cached(RecordedBody.FIND_UNIQUE, 86_400, 0, TAG, ExpectedResponses.USER.with(TTL, MISS));
    }

    /** Ten users with posts, from the cache except for the first time. */
    Step cachedInclude() {
        return cached(RecordedBody.INCLUDE, 86_400, 0, TAG, ExpectedResponses.USERS_WITH_POSTS.with(TTL, MISS));
    }

    /** One user, whose cached response is stale after one second. */
    Step soonStaleUser() {
        return cached(RecordedBody.FIND_UNIQUE, 1, 86_400, TAG, ExpectedResponses.USER.with(TTL, SWR, MISS));
    }

    /** Fifty posts, cached until {@link #invalidate(String)} is called with the same tag. */
    Step cachedPosts(String tag) {
        return cached(RecordedBody.FIND_MANY, 86_400, 0, TAG + "," + tag, ExpectedResponses.POSTS.with(TTL, MISS));
    }

    /** One user, cached with an additional tag. */
    Step cachedTaggedUser(int ttlSeconds, String tag) {
        return cached(RecordedBody.FIND_UNIQUE, ttlSeconds, 0, TAG + "," + tag, ExpectedResponses.USER.with(TTL, MISS));
    }

    /** Invalidates the responses with a tag. */
    Step invalidate(String tag) {
        return new Step(
                Request.of(target, "/invalidate", "{\"tags\":[\"" + tag + "\"]}"), ExpectedResponses.INVALIDATED);
    }

    private Step step(String path, RecordedBody body, Expectation expected) {
        return new Step(Request.of(target, path, body.text()), expected);
    }

    private Step cached(RecordedBody body, int ttl, int swr, String tags, Expectation expected) {
        String strategy = "cache-control: max-age=" + ttl + (swr == 0 ? "" : ",stale-while-revalidate=" + swr) + "\r\n"
                + "accelerate-cache-tags: " + tags + "\r\n";
        return new Step(Request.of(target, QUERY, strategy, body.text()), expected);
    }
}
