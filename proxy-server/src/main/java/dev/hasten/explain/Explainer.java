package dev.hasten.explain;

import dev.hasten.admission.Database;
import dev.hasten.cache.CachePolicy;
import dev.hasten.cache.Cause;
import dev.hasten.cache.Invalidation;
import dev.hasten.cache.PastInvalidation;
import dev.hasten.cache.QueryCache;
import dev.hasten.cache.RecentRequest;
import dev.hasten.cache.RelationIds;
import dev.hasten.cache.StoredEntry;
import dev.hasten.cache.Uncached;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.explain.Explanation.Dependency;
import dev.hasten.explain.Explanation.Entry;
import dev.hasten.explain.Explanation.Invalidated;
import dev.hasten.explain.Explanation.NotCached;
import dev.hasten.explain.Explanation.Request;
import dev.hasten.explain.Explanation.Statement;
import dev.hasten.explain.Explanation.Strategy;
import dev.hasten.explain.Explanation.Tag;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.proof.ReadProof;
import dev.hasten.proof.Relation;
import dev.hasten.proof.StatementProof;
import dev.hasten.proof.WriteProof;
import dev.hasten.protocol.CacheStrategy;
import dev.hasten.protocol.QuerySignature;
import dev.hasten.stream.ChangeStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Explains how the cache of one database treats requests and statements. */
public final class Explainer {
    private final Database database;
    private final QueryCache cache;
    private final Watchdog watchdog;

    /** @param watchdog enforces the time limit of queries */
    public Explainer(Database database, Watchdog watchdog) {
        this.database = database;
        this.cache = database.cache();
        this.watchdog = watchdog;
    }

    /** Explains a request. May block: the names of relations are read from the database. */
    public Explanation request(RecentRequest request) {
        return of(request.key() == null ? null : request.key().signature(), request);
    }

    /**
     * Explains the responses to a query. May block, as for a request.
     *
     * @return null if nothing is known about the query
     */
    public @Nullable Explanation signature(QuerySignature signature) {
        RecentRequest latest = cache.recent().find(database.name(), signature);
        return latest == null && cache.stored(signature).isEmpty() ? null : of(signature, latest);
    }

    private Explanation of(@Nullable QuerySignature signature, @Nullable RecentRequest request) {
        List<StoredEntry> stored = signature == null ? List.of() : cache.stored(signature);
        Uncached uncached = request == null ? null : request.uncached();
        CacheStrategy strategy = strategy(request, stored);
        List<String> tags = Stream.concat(
                        stored.stream().flatMap(entry -> entry.tags().stream()),
                        strategy == null ? Stream.of() : strategy.tags().stream())
                .distinct()
                .toList();
        RelationIds readFrom = stored.stream()
                .map(StoredEntry::relations)
                .reduce(request == null ? RelationIds.NONE : request.relations(), RelationIds::and);
        PastInvalidation last = cache.lastInvalidation(tags, readFrom);
        boolean usable = stored.stream().anyMatch(StoredEntry::current);
        boolean storable = cache.isStorable(readFrom);
        return new Explanation(
                database.name(),
                lowerCase(cache.policy().invalidation()),
                signature == null ? null : signature.toString(),
                request == null ? null : request(request, strategy),
                null,
                uncached == null ? null : notCached(uncached),
                uncached != null || usable ? null : notStored(request, stored, storable, last),
                stored.stream().map(Explainer::entry).toList(),
                dependencies(readFrom, names(readFrom)),
                tags.stream().map(this::tag).toList(),
                uncached == null ? outdatedBy() : List.of(),
                uncached == null ? invalidated(last) : null,
                stream());
    }

    /** A request that was answered without parsing it has the default of the entry, if it had none of its own. */
    private static @Nullable CacheStrategy strategy(@Nullable RecentRequest request, List<StoredEntry> stored) {
        if (request == null || request.strategy() != null) {
            return request == null ? null : request.strategy();
        }
        return stored.stream()
                .filter(entry -> entry.key().equals(request.key()))
                .map(StoredEntry::defaultStrategy)
                .findFirst()
                .orElse(null);
    }

    private static Request request(RecentRequest request, @Nullable CacheStrategy strategy) {
        String status = request.freshness() == null
                ? "none"
                : switch (request.freshness()) {
                    case FRESH -> "ttl";
                    case STALE -> "swr";
                    case MISS -> "miss";
                };
        return new Request(
                request.id(),
                request.at(),
                status,
                request.model(),
                strategy == null || !strategy.caches()
                        ? null
                        : new Strategy(strategy.ttlSeconds(), strategy.swrSeconds(), strategy.tags()));
    }

    private String notStored(
            @Nullable RecentRequest request,
            List<StoredEntry> stored,
            boolean storable,
            @Nullable PastInvalidation last) {
        long limit = cache.policy().limits().maxEntryBytes();
        if (request != null && request.bytes() > limit) {
            return "the response has %d bytes, more than cache.max_entry_bytes (%d)".formatted(request.bytes(), limit);
        }
        if (!storable) {
            return "it is not known yet whether a change of what it reads is visible; nothing is stored until then";
        }
        if (!stored.isEmpty()) {
            return "it was invalidated; the next request reads it again";
        }
        if (last != null && last.at() != null && request != null && !last.at().isBefore(request.at())) {
            return "it was invalidated after the request";
        }
        return "it has expired, was removed to make room for others, or was invalidated while it was read";
    }

    private static Entry entry(StoredEntry stored) {
        return new Entry(
                stored.key().protocol(),
                stored.key().owner(),
                stored.readAt(),
                stored.ageSeconds(),
                stored.keptSeconds(),
                stored.bytes(),
                stored.tags(),
                stored.generation(),
                stored.current());
    }

    /**
     * Explains a statement of SQL over HTTP. Does not run it, but PostgreSQL plans it. May block.
     *
     * @throws DatabaseException if the database cannot be reached
     * @throws CancelledException if it takes longer than a query may take
     */
    public Explanation statement(String sql) {
        StatementProof proof =
                withTimeLimit(cancellation -> database.proofs().of(ParsedStatement.of(sql), cancellation));
        ReadProof reads = proof.reads();
        Uncached uncached = reads.uncached();
        if (uncached == null && cache.policy().invalidation() == Invalidation.STREAM) {
            uncached = reads.unreported();
        }
        if (!cache.policy().enabled()) {
            uncached = new Uncached(Uncached.Reason.DISABLED, "the cache of the database is disabled");
        }
        Map<Integer, Relation> known =
                reads.relations().stream().collect(Collectors.toMap(Relation::id, Function.identity()));
        RelationIds readFrom = tracked(reads.relationIds());
        return new Explanation(
                database.name(),
                lowerCase(cache.policy().invalidation()),
                null,
                null,
                written(proof.writes()),
                uncached == null ? null : notCached(uncached),
                null,
                List.of(),
                dependencies(reads.relationIds(), known),
                List.of(),
                uncached == null ? outdatedBy() : List.of(),
                uncached == null ? invalidated(cache.lastInvalidation(List.of(), readFrom)) : null,
                stream());
    }

    private Statement written(WriteProof writes) {
        return switch (writes) {
            case WriteProof.Nothing() -> new Statement("nothing", List.of());
            case WriteProof.Unknown() -> new Statement("unknown", List.of());
            case WriteProof.Relations(RelationIds ids) -> {
                Map<Integer, Relation> names = names(ids);
                yield new Statement(
                        "tables", ids(ids).map(id -> name(id, names.get(id))).toList());
            }
        };
    }

    private List<Dependency> dependencies(RelationIds ids, Map<Integer, Relation> names) {
        return ids(ids).map(id -> dependency(id, names.get(id))).toList();
    }

    private Dependency dependency(int id, @Nullable Relation relation) {
        return new Dependency(
                name(id, relation),
                relation == null ? null : kind(relation),
                invalidated(cache.lastInvalidation(List.of(), tracked(RelationIds.of(List.of(id))))));
    }

    /** With {@code tags}, nobody reports changes of relations. */
    private RelationIds tracked(RelationIds ids) {
        return cache.policy().invalidation() == Invalidation.TAGS ? RelationIds.NONE : ids;
    }

    private static String name(int id, @Nullable Relation relation) {
        return relation == null ? Integer.toUnsignedString(id) : relation.schema() + "." + relation.name();
    }

    private static String kind(Relation relation) {
        return switch (relation.kind()) {
            case 'r' -> relation.persistence() == 'u' ? "unlogged table" : "table";
            case 'p' -> "partitioned table";
            case 'v' -> "view";
            case 'm' -> "materialized view";
            case 'f' -> "foreign table";
            case 'S' -> "sequence";
            default -> "relation";
        };
    }

    /** Returns what is known; nothing if the database cannot be reached. */
    private Map<Integer, Relation> names(RelationIds ids) {
        try {
            return withTimeLimit(cancellation -> database.proofs().relations(ids, cancellation)).stream()
                    .collect(Collectors.toMap(Relation::id, Function.identity()));
        } catch (DatabaseException | CancelledException e) {
            return Map.of();
        }
    }

    private <T> T withTimeLimit(Function<Cancellation, T> work) {
        Cancellation cancellation = new Cancellation();
        try (Watch _ = watchdog.watch(cancellation, database.limits().queryTimeout())) {
            return work.apply(cancellation);
        }
    }

    private Tag tag(String name) {
        return new Tag(name, invalidated(cache.lastInvalidation(List.of(name), RelationIds.NONE)));
    }

    private List<String> outdatedBy() {
        CachePolicy policy = cache.policy();
        List<Cause.Kind> causes = new ArrayList<>(List.of(Cause.Kind.TAGS, Cause.Kind.ALL, Cause.Kind.SCHEMA));
        if (policy.invalidation() != Invalidation.TAGS) {
            causes.add(Cause.Kind.WRITE);
        }
        if (policy.invalidation() == Invalidation.STREAM) {
            causes.add(Cause.Kind.STREAM);
        }
        return causes.stream().map(Cause.Kind::label).toList();
    }

    private static NotCached notCached(Uncached why) {
        return new NotCached(why.reason().label(), why.detail());
    }

    private static @Nullable Invalidated invalidated(@Nullable PastInvalidation last) {
        if (last == null) {
            return null;
        }
        Cause cause = last.cause();
        return new Invalidated(
                last.generation(),
                last.at(),
                cause == null ? null : cause.kind().label(),
                cause == null ? null : cause.detail());
    }

    private @Nullable String stream() {
        ChangeStream stream = database.stream();
        if (stream == null || stream.awaitConfirmed()) {
            return null;
        }
        return stream.state().phase() == ChangeStream.Phase.FOLLOWING
                ? "the change stream is further behind than cache.stream.bound"
                : "the change stream is not followed yet: " + stream.state().detail();
    }

    private static Stream<Integer> ids(RelationIds ids) {
        return IntStream.range(0, ids.size()).mapToObj(ids::get);
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
