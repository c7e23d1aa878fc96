package dev.hasten.postgres;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What a transaction has written, according to its locks. Every write locks its relation until the end of the
 * transaction, whether the statement, a trigger, a rule, a foreign key or a function has caused it.
 *
 * @param ids object identifiers of relations; those of indexes are included
 * @param strong whether a lock is stronger than those of INSERT, UPDATE and DELETE, as for a change of the schema
 * @param catalogs whether a catalog was written that a change of functions, types, schemas or rights writes
 * @param searchTime how long PostgreSQL took to search its list of locks, which grows with the locks of all sessions
 */
public record WrittenRelations(List<Integer> ids, boolean strong, boolean catalogs, Duration searchTime) {
    /** The object identifier of the first object that is not built in. Source: FirstNormalObjectId in transam.h. */
    private static final int FIRST_OWN = 16384;

    /**
     * Catalogs that a change of the schema can write without a strong lock on a relation: pg_proc, pg_enum, pg_namespace,
     * pg_ts_config, pg_ts_config_map, pg_ts_dict, pg_constraint (of domains), pg_policy, pg_rewrite, pg_cast, pg_operator,
     * pg_aggregate, pg_collation, pg_db_role_setting, pg_auth_members, pg_authid. Source: their CATALOG declarations in
     * src/include/catalog.
     */
    private static final String CATALOGS =
            "1255,3501,2615,3602,3603,3600,2606,3256,2618,2605,2617,2600,3456,2964,1261,1260";

    /**
     * Runs deferred triggers first, and again, because a trigger can defer others. Then reads, in this order: row locks and reads hold weaker locks than these, and predicate locks of serializable
     * transactions have a mode of their own.
     */
    static final String COMMIT = """
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL IMMEDIATE;
            WITH started AS MATERIALIZED (SELECT pg_catalog.clock_timestamp() AS at),
            locks AS MATERIALIZED (
              SELECT relation, mode FROM pg_catalog.pg_locks, started
              WHERE locktype = 'relation' AND pid = pg_catalog.pg_backend_pid() AND relation >= %d
                AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'SIReadLock'))
            SELECT coalesce(pg_catalog.string_agg(DISTINCT relation::text, ' '), ''),
              coalesce(pg_catalog.bool_or(mode <> 'RowExclusiveLock'), false),
              (extract(epoch FROM pg_catalog.clock_timestamp() - (SELECT at FROM started)) * 1000000)::bigint,
              EXISTS (SELECT FROM pg_catalog.unnest('{%s}'::oid[]) AS c (id)
                WHERE pg_catalog.pg_stat_get_xact_tuples_inserted(id) + pg_catalog.pg_stat_get_xact_tuples_updated(id)
                  + pg_catalog.pg_stat_get_xact_tuples_deleted(id) > 0)
            FROM locks;
            COMMIT""".formatted(FIRST_OWN, CATALOGS);

    static WrittenRelations of(Rows rows) {
        String ids = requireNonNull(rows.text(0, 0));
        return new WrittenRelations(
                ids.isEmpty()
                        ? List.of()
                        : Arrays.stream(ids.split(" ", -1))
                                .map(Integer::parseUnsignedInt)
                                .toList(),
                "t".equals(rows.text(0, 1)),
                "t".equals(rows.text(0, 3)),
                Duration.ofNanos(1000 * Long.parseLong(requireNonNull(rows.text(0, 2)))));
    }
}
