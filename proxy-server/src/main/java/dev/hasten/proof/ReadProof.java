package dev.hasten.proof;

import dev.hasten.cache.RelationIds;
import dev.hasten.cache.Uncached;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether the result of statements may be cached, and what it depends on.
 *
 * @param uncached why the result must not be cached; null if the statements only read and their result depends only on
 *     the relations and the parameters
 * @param readsClock whether a parameter such as {@code now} could mean the current time
 * @param relations what the statements read, including what is behind views, partitions and row-level security
 */
public record ReadProof(@Nullable Uncached uncached, boolean readsClock, List<Relation> relations) {
    /** A statement without relations whose result never changes. */
    public static final ReadProof CONSTANT = new ReadProof(null, false, List.of());

    /** A parameter that means the current time. */
    public static final ReadProof CLOCK = uncached(new Uncached(
            Uncached.Reason.TIME, "uses the special date/time value now, today, tomorrow or yesterday in a parameter"));

    /** A query whose result must not be cached. */
    public static ReadProof uncached(Uncached why) {
        return new ReadProof(why, true, List.of());
    }

    /** What is proved about a query that runs both statements. */
    public ReadProof and(ReadProof other) {
        Uncached first = uncached;
        Uncached second = other.uncached;
        return new ReadProof(
                first == null ? second : second == null ? first : first.or(second),
                readsClock || other.readsClock,
                Stream.concat(relations.stream(), other.relations.stream())
                        .distinct()
                        .collect(Collectors.toUnmodifiableList()));
    }

    /** Why the change stream would not report every change of what is read; null if it does. */
    public @Nullable Uncached unreported() {
        for (Relation relation : relations) {
            if (relation.isUnlogged()) {
                return new Uncached(Uncached.Reason.UNLOGGED_TABLE, "reads the unlogged table " + relation.name());
            }
            if (relation.isMaterializedView()) {
                return new Uncached(
                        Uncached.Reason.MATERIALIZED_VIEW, "reads the materialized view " + relation.name());
            }
        }
        return null;
    }

    /** The object identifiers of the relations. */
    public RelationIds relationIds() {
        return RelationIds.of(relations.stream().map(Relation::id).toList());
    }
}
