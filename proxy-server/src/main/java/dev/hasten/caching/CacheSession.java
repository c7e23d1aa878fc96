package dev.hasten.caching;

import dev.hasten.activity.RequestActivity;
import dev.hasten.activity.Timeline;
import dev.hasten.admission.AdmittedRequest;
import dev.hasten.admission.Database;
import dev.hasten.admission.RequestContext;
import dev.hasten.cache.CacheKey;
import dev.hasten.cache.CachePolicy;
import dev.hasten.cache.CacheStatistics.Miss;
import dev.hasten.cache.CachedResponse;
import dev.hasten.cache.CachedResponse.Freshness;
import dev.hasten.cache.Invalidation;
import dev.hasten.cache.QueryCache.Lookup;
import dev.hasten.cache.RecentRequest;
import dev.hasten.cache.RelationIds;
import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import dev.hasten.deadline.Cancellation;
import dev.hasten.http.AcceptEncoding;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.insights.QueryCall.Outcome;
import dev.hasten.json.JsonBuffer;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.SharedBytes;
import dev.hasten.proof.ReadProof;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import dev.hasten.protocol.QuerySignature.Member;
import dev.hasten.telemetry.CaptureSettings;
import dev.hasten.telemetry.RequestTelemetry;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The use of the cache by one request. {@link #stored} runs on the event loop and may have the response. Otherwise the
 * endpoint parses the query on a virtual thread and continues with {@link #respond}, or with {@link #bypass} for
 * requests that are never cached.
 */
public final class CacheSession {
    /** For queries in a transaction, and several statements that run in one. */
    public static final Uncached IN_TRANSACTION = new Uncached(Reason.TRANSACTION, "is part of a transaction");

    private static final Uncached NO_STRATEGY = new Uncached(Reason.NO_STRATEGY, "no strategy asks for caching");
    private static final Uncached DISABLED = new Uncached(Reason.DISABLED, "the cache of the database is disabled");

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Larger bodies are not hashed on an event loop, because other requests would wait. */
    private static final int MAX_QUICK_BYTES = 64 << 10;

    private final CacheRequest asked;
    private final Exchange exchange;
    private final Database database;
    /** Null if the default of the query's model applies. The model is not known yet. */
    private final @Nullable CacheStrategy strategy;
    /** Whether the client reads the cache headers. */
    private final boolean sendsHeaders;

    private final boolean wantsGzip;
    private @Nullable CacheKey key;
    /** Why {@link #stored} found no response, if it has looked for one. */
    private Miss miss = Miss.ABSENT;
    /** Whether {@link #stored} found no response. */
    private boolean missed;
    /** What {@link #respond} found out about the query; for operators. */
    private @Nullable CacheStrategy applied;

    private @Nullable String model;
    private RelationIds relations = RelationIds.NONE;

    /**
     * A request that may be cached.
     *
     * @param protocol determines the form of the response
     * @param context what determines the response besides the body; see {@link QuerySignature#of}
     * @param canonical returns the body in a form that is the same for equivalent bodies
     * @param ignored a member of the body that does not affect the response
     * @param query parses the query again for a refresh, which may happen after the request has its response
     */
    public record CacheRequest(
            AdmittedRequest request,
            String protocol,
            String context,
            UnaryOperator<byte[]> canonical,
            Member ignored,
            AccelerateHeaders headers,
            Function<RequestContext, CacheableQuery> query) {}

    /**
     * For a request whose strategy is in its headers.
     *
     * @throws dev.hasten.protocol.ApiError P6005 if the strategy is not allowed
     */
    public static CacheSession byHeaders(CacheRequest asked) {
        CachePolicy policy = asked.request().database().cache().policy();
        Exchange exchange = asked.request().exchange();
        String cacheControl = exchange.header("cache-control");
        CacheStrategy requested = cacheControl == null
                ? null
                : CacheStrategy.parse(
                        cacheControl,
                        exchange.header("accelerate-cache-tags"),
                        policy.limits().maxTags());
        CacheStrategy strategy;
        if (requested != null) {
            strategy = policy.limited(requested);
        } else {
            boolean hasDefaults = policy.enabled() && !policy.defaults().isEmpty();
            strategy = hasDefaults ? null : CacheStrategy.NONE;
        }
        return new CacheSession(asked, strategy, cacheControl != null);
    }

    /** For a request whose strategy is not in its headers. */
    public static CacheSession of(CacheRequest asked, CacheStrategy strategy) {
        CachePolicy policy = asked.request().database().cache().policy();
        return new CacheSession(asked, policy.limited(strategy), true);
    }

    private CacheSession(CacheRequest asked, @Nullable CacheStrategy strategy, boolean sendsHeaders) {
        this.asked = asked;
        this.exchange = asked.request().exchange();
        this.database = asked.request().database();
        this.strategy = strategy;
        this.sendsHeaders = sendsHeaders;
        this.wantsGzip = usesCache() && AcceptEncoding.acceptsGzip(exchange.header("accept-encoding"));
    }

    private boolean usesCache() {
        return strategy == null || strategy.caches();
    }

    /**
     * The stored response; null if the cache has no usable one. Does not block. Only responses to queries that were proved to be
     * reads are stored, so the body need not be parsed.
     */
    public @Nullable Response stored() {
        if (!usesCache() || exchange.body().length > MAX_QUICK_BYTES) {
            return null;
        }
        Timeline timeline = asked.request().activity().timeline();
        long started = timeline == null ? 0 : System.nanoTime();
        CachedResponse stored =
                database.cache().find(new Lookup(key(), strategy, null, wantsGzip), reason -> miss = reason);
        if (timeline != null) {
            timeline.addSince(started, Timeline.Kind.CACHE);
        }
        missed = stored == null;
        return stored == null ? null : response(stored);
    }

    /** The response to the query: from the cache, or from PostgreSQL. May block. */
    public Response respond(CacheableQuery query, RequestContext request) {
        CachePolicy policy = database.cache().policy();
        model = query.model();
        CacheStrategy effective = strategy != null ? strategy : policy.defaultOf(model);
        applied = effective;
        if (!effective.caches()) {
            return bypass(fromDatabase(query, request), policy.enabled() ? NO_STRATEGY : DISABLED);
        }
        ReadProof proof = query.proof(request);
        Uncached uncached = proof.uncached();
        if (uncached == null && policy.invalidation() == Invalidation.STREAM) {
            uncached = proof.unreported();
        }
        if (uncached != null && !(isChosenByApp(uncached) && query.mayBeNonDeterministic())) {
            return bypass(fromDatabase(query, request), uncached);
        }
        relations = policy.invalidation() == Invalidation.TAGS ? RelationIds.NONE : proof.relationIds();
        CachedResponse cached = fetch(effective, query, request);
        Map<String, ?> extensions = cached.leader() ? query.extensions(request) : null;
        return extensions == null
                ? response(cached)
                : withHeaders(Extensions.response(cached.body().json().array(), extensions), cached);
    }

    /**
     * Whether the app asked to cache a result that is only non-deterministic: it chose the ttl. Defaults of the operator
     * do not cache such results, and neither does a database that promises current data.
     */
    private boolean isChosenByApp(Uncached uncached) {
        return strategy != null
                && database.cache().policy().invalidation() == Invalidation.TAGS
                && uncached.reason().isOnlyNonDeterministic();
    }

    private CachedResponse fetch(CacheStrategy effective, CacheableQuery query, RequestContext request) {
        Lookup lookup = new Lookup(
                key(),
                effective,
                model,
                wantsGzip,
                relations,
                request.activity().shape());
        return missed
                ? database.cache()
                        .fetchMissing(
                                lookup, miss, request.cancellation(), running -> bytes(query, request.with(running)))
                : database.cache()
                        .fetch(lookup, request.cancellation(), running -> bytes(query, request.with(running)));
    }

    private static byte[] bytes(CacheableQuery query, RequestContext request) {
        JsonBuffer body = query.body(query.run(request), null);
        // Stored bodies must not hold unused memory.
        return Arrays.copyOf(body.array(), body.size());
    }

    private static Response fromDatabase(CacheableQuery query, RequestContext request) {
        JsonBuffer value = query.run(request);
        Map<String, ?> extensions = query.extensions(request);
        JsonBuffer body = query.body(value, extensions == null ? null : JSON.writeValueAsBytes(extensions));
        return Response.json(200, body.array(), body.size());
    }

    private Response response(CachedResponse cached) {
        if (cached.freshness() == Freshness.STALE) {
            database.cache()
                    .refresh(
                            new Lookup(key(), strategy, null, wantsGzip),
                            exchange.memory().another(),
                            this::readAgain);
        }
        SharedBytes gzip = wantsGzip ? cached.body().gzip() : null;
        Response response =
                Response.json(200, gzip != null ? gzip : cached.body().json());
        return withHeaders(gzip != null ? response.header("content-encoding", "gzip") : response, cached);
    }

    private byte[] readAgain(Cancellation running) {
        running.memory().take(MemoryUse.REQUESTS, exchange.body().length);
        RequestActivity activity =
                new RequestActivity(asked.request().activity().origin(), System.nanoTime());
        activity.begin(() -> running.cancel(Cancellation.Reason.OPERATOR));
        database.running().add(activity);
        try {
            RequestContext request = new RequestContext(
                    exchange,
                    database,
                    asked.request().apiKey(),
                    running,
                    new RequestTelemetry(CaptureSettings.NONE, database.log(), activity));
            return bytes(asked.query().apply(request), request);
        } finally {
            database.running().remove(activity);
        }
    }

    private Response withHeaders(Response response, CachedResponse cached) {
        RequestActivity activity = asked.request().activity();
        if (activity.shape() == null) {
            // The query was not parsed.
            activity.query(cached.shape(), 0);
        }
        activity.cached(
                switch (cached.freshness()) {
                    case FRESH -> Outcome.HIT;
                    case STALE -> Outcome.STALE;
                    case MISS -> Outcome.MISS;
                });
        remember(cached.freshness(), null, cached.body().length());
        return asked.headers().add(response, exchange, cached, key().signature());
    }

    /**
     * Completes a response that did not use the cache.
     *
     * @param why the reason if a strategy asks for caching
     */
    public Response bypass(Response response, Uncached why) {
        boolean asks = usesCache();
        Uncached reason = asks ? why : database.cache().policy().enabled() ? NO_STRATEGY : DISABLED;
        database.cache().statistics().countUncached(reason.reason());
        asked.request().activity().uncached(reason.reason().label(), asks);
        remember(null, reason, 0);
        if (!sendsHeaders) {
            return response;
        }
        Response complete = asked.headers().addUncached(response, exchange, key().signature());
        return asks ? complete.header("hasten-not-cached", reason.header()) : complete;
    }

    private void remember(@Nullable Freshness freshness, @Nullable Uncached uncached, long bytes) {
        database.cache()
                .recent()
                .add(new RecentRequest(
                        exchange.requestId(),
                        exchange.clientRequestId(),
                        database.name(),
                        Instant.now(),
                        uncached != null && !sendsHeaders ? null : key(),
                        freshness,
                        applied != null ? applied : strategy,
                        model,
                        uncached,
                        relations,
                        bytes));
    }

    private CacheKey key() {
        CacheKey known = key;
        if (known == null) {
            known = new CacheKey(
                    QuerySignature.of(asked.context(), asked.canonical().apply(exchange.body()), asked.ignored()),
                    asked.protocol(),
                    database.cache().schemaEpoch(),
                    database.cache().policy().sharedByKeys()
                            ? null
                            : asked.request().apiKey().id());
            key = known;
        }
        return known;
    }
}
