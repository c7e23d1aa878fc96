package dev.hasten.request;

import dev.hasten.auth.ApiKey;
import dev.hasten.cache.CacheKey;
import dev.hasten.cache.CachePolicy;
import dev.hasten.cache.CacheStatistics.Event;
import dev.hasten.cache.CachedAnswer;
import dev.hasten.cache.CachedAnswer.Freshness;
import dev.hasten.cache.QueryCache.Fill;
import dev.hasten.deadline.Cancellation;
import dev.hasten.http.AcceptEncoding;
import dev.hasten.http.Answer;
import dev.hasten.http.Exchange;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.memory.SharedBytes;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import dev.hasten.telemetry.CaptureSettings;
import dev.hasten.telemetry.RequestTelemetry;
import org.jspecify.annotations.Nullable;

/**
 * What the cache has to do with one request. First, on the event loop, {@link #stored} may answer it. If not, the
 * endpoint finds out on a virtual thread whether the request may be cached at all, and goes on with {@link #fetch} or
 * {@link #bypass}.
 */
public final class CacheUse {
    /** The signature of a larger body is not worked out on an event loop: others would wait for it. */
    private static final int QUICK_BYTES = 64 << 10;

    private final Asked asked;
    private final Exchange exchange;
    private final Database database;
    /** Null: the default of the model counts, which is not known yet. */
    private final @Nullable CacheStrategy strategy;
    /** Whether the client reads the headers about the cache. */
    private final boolean labelled;

    private final boolean wantsGzip;
    private @Nullable CacheKey key;
    private boolean looked;

    /** Reads the answer of the request from PostgreSQL; may be called after the request was answered. */
    @FunctionalInterface
    public interface Reader {
        /** The whole body of a successful answer. */
        byte[] read(RequestContext request);
    }

    /**
     * A request, and what is done with it.
     *
     * @param context what determines the answer besides the body: see {@link QuerySignature#of}
     */
    public record Asked(
            Exchange exchange,
            ApiKey apiKey,
            Database database,
            CacheKey.Protocol protocol,
            String context,
            AccelerateHeaders headers,
            Reader reader) {}

    /**
     * By a request's headers.
     *
     * @throws ApiError P6005 for a strategy that is not allowed
     */
    public static CacheUse byHeaders(Asked asked) {
        CachePolicy policy = asked.database().cache().policy();
        String cacheControl = asked.exchange().header("cache-control");
        CacheStrategy requested = cacheControl == null
                ? null
                : policy.requested(cacheControl, asked.exchange().header("accelerate-cache-tags"));
        boolean hasDefault = !policy.defaults().isEmpty() && policy.enabled();
        return new CacheUse(
                asked, requested == null && !hasDefault ? CacheStrategy.NONE : requested, cacheControl != null);
    }

    /**
     * By what stands elsewhere in a request.
     *
     * @param strategy null when the request asks for none; then nothing is cached
     */
    public static CacheUse of(Asked asked, @Nullable CacheStrategy strategy) {
        CachePolicy policy = asked.database().cache().policy();
        return new CacheUse(asked, strategy == null ? CacheStrategy.NONE : policy.limited(strategy), strategy != null);
    }

    private CacheUse(Asked asked, @Nullable CacheStrategy strategy, boolean labelled) {
        this.asked = asked;
        this.exchange = asked.exchange();
        this.database = asked.database();
        this.strategy = strategy;
        this.labelled = labelled;
        this.wantsGzip = usesCache() && AcceptEncoding.acceptsGzip(exchange.header("accept-encoding"));
    }

    private boolean usesCache() {
        return strategy == null || strategy.caches();
    }

    /**
     * Answers from the cache if that can be done right here, on the event loop. What is stored is the answer of a plan
     * that was proved to be a pure read.
     */
    public @Nullable Answer stored() {
        if (!usesCache() || exchange.body().length > QUICK_BYTES) {
            return null;
        }
        looked = true;
        CachedAnswer stored = database.cache().find(key(), strategy, wantsGzip);
        return stored == null ? null : answer(stored);
    }

    /** What counts for a query of a model: {@link CacheStrategy#NONE} when it is not to be cached. */
    public CacheStrategy strategyFor(@Nullable String model) {
        return strategy != null ? strategy : database.cache().policy().defaultOf(model);
    }

    /**
     * The answer of a query that may be cached: stored, or read by this request or by another one that asks the same.
     *
     * @param effective of {@link #strategyFor}
     * @param model of the query, null if it has none
     * @param fill reads it for this request
     */
    public CachedAnswer fetch(CacheStrategy effective, @Nullable String model, Cancellation cancellation, Fill fill) {
        return database.cache().fetch(key(), effective, model, wantsGzip, looked, cancellation, fill);
    }

    /** The answer that goes to the client; a stale one is read anew in the background. */
    public Answer answer(CachedAnswer cached) {
        if (cached.freshness() == Freshness.SWR) {
            database.cache().refresh(key(), strategy, reservation(), this::readAgain);
        }
        SharedBytes gzip = wantsGzip ? cached.body().gzip() : null;
        Answer answer = Answer.json(200, gzip != null ? gzip : cached.body().json());
        return label(gzip != null ? answer.header("content-encoding", "gzip") : answer, cached);
    }

    /** Adds the headers about the cache to an answer made of a cached one. */
    public Answer label(Answer answer, CachedAnswer cached) {
        return asked.headers()
                .add(
                        answer,
                        exchange,
                        cached.freshness(),
                        cached.body().lastModified(),
                        cached.ageSeconds(),
                        key().signature().toString());
    }

    /** Adds the headers to an answer that has nothing to do with the cache, if the client reads them. */
    public Answer bypass(Answer answer) {
        database.cache().statistics().count(Event.BYPASS);
        return labelled
                ? asked.headers()
                        .add(
                                answer,
                                exchange,
                                Freshness.NONE,
                                asked.headers().now(),
                                0,
                                key().signature().toString())
                : answer;
    }

    private byte[] readAgain(Cancellation cancellation) {
        cancellation.memory().take(MemoryUse.REQUESTS, exchange.body().length);
        return asked.reader()
                .read(new RequestContext(
                        exchange,
                        database,
                        asked.apiKey(),
                        cancellation,
                        new RequestTelemetry(CaptureSettings.NONE, database.log(), exchange.requestId())));
    }

    /** A reservation for work that goes on without the request. */
    private Reservation reservation() {
        return exchange.memory().another();
    }

    private CacheKey key() {
        CacheKey known = key;
        if (known == null) {
            known = new CacheKey(
                    QuerySignature.of(
                            asked.context(), exchange.body(), asked.protocol().irrelevant()),
                    asked.protocol(),
                    database.cache().schemaEpoch(),
                    database.cache().policy().sharedByKeys()
                            ? null
                            : asked.apiKey().id());
            key = known;
        }
        return known;
    }
}
