package dev.hasten.proof;

import dev.hasten.cache.Uncached;
import dev.hasten.cache.Uncached.Reason;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is known about functions whose result does not only depend on their arguments. */
final class Functions {
    /**
     * Built-in functions that are safe although they are not immutable: they depend only on settings that all sessions
     * share, such as the time zone, or are not immutable only because they accept values of any type.
     */
    private static final Set<String> SAFE = words("""
            array_to_json array_to_string concat concat_ws convert convert_from convert_to date date_add date_part
            date_subtract date_trunc enum_first enum_last enum_range extract format generate_series json_agg
            json_agg_strict json_build_array json_build_object json_object_agg json_object_agg_strict
            json_object_agg_unique json_object_agg_unique_strict json_populate_record json_populate_recordset
            json_to_record json_to_recordset json_to_tsvector jsonb_agg jsonb_agg_strict jsonb_build_array
            jsonb_build_object jsonb_path_exists_tz jsonb_path_match_tz jsonb_path_query_array_tz
            jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record jsonb_populate_record_valid
            jsonb_populate_recordset jsonb_to_record jsonb_to_recordset jsonb_to_tsvector length make_timestamptz money
            numeric overlaps pg_typeof phraseto_tsquery plainto_tsquery quote_literal quote_nullable row_to_json time
            timestamp timestamptz timetz timezone to_char to_date to_json to_jsonb to_number to_timestamp to_tsquery
            to_tsvector ts_headline websearch_to_tsquery xml xml_is_well_formed""");

    /** Built-in functions that depend on the current time. */
    private static final Set<String> TIME =
            words("age clock_timestamp now statement_timestamp timeofday transaction_timestamp");

    /** Built-in functions with random results. */
    private static final Set<String> RANDOM = words("gen_random_uuid random random_normal uuidv4 uuidv7");

    /** Built-in functions that wait, and leave nothing behind at the end of the transaction. */
    private static final Set<String> WAITING = words("""
            pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_sleep pg_sleep_for pg_sleep_until
            pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared""");

    /** Volatile functions of extensions that write nothing. */
    private static final Set<String> WRITE_NOTHING = words("""
            gen_random_uuid gen_random_bytes gen_salt uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4""");

    /** Built-in functions that run SQL from an argument. */
    private static final Set<String> RUN_SQL = words("""
            cursor_to_xml cursor_to_xmlschema database_to_xml database_to_xml_and_xmlschema database_to_xmlschema
            query_to_xml query_to_xml_and_xmlschema query_to_xmlschema schema_to_xml schema_to_xml_and_xmlschema
            schema_to_xmlschema table_to_xml table_to_xml_and_xmlschema table_to_xmlschema ts_rewrite ts_stat""");

    private Functions() {}

    private static Set<String> words(String text) {
        return Set.of(text.split("\\s+"));
    }

    /** Returns the built-in functions that never prevent caching. */
    static Set<String> safe() {
        return SAFE;
    }

    /** Returns the built-in functions that only make a result non-deterministic, or not even that. */
    static Set<String> independentOfSession() {
        return Stream.of(SAFE, TIME, RANDOM, WAITING).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    }

    /** Returns why the result of a built-in function that is not immutable must not be cached. */
    static Uncached builtIn(String name, boolean isVolatile) {
        if (TIME.contains(name)) {
            return notImmutable(Reason.TIME, name);
        }
        if (RANDOM.contains(name)) {
            return notImmutable(Reason.RANDOM, name);
        }
        if (WAITING.contains(name)) {
            return notImmutable(Reason.FUNCTION, name);
        }
        return notImmutable(isVolatile ? Reason.VOLATILE_FUNCTION : Reason.SESSION, name);
    }

    /** Returns why the result of a function must not be cached. */
    static Uncached notImmutable(Reason reason, String name) {
        return new Uncached(reason, "uses the function " + name + ", which is not immutable");
    }

    /** Whether a function can write to tables. A stable one cannot by itself, but it can call a volatile one. */
    static boolean mayWrite(String name, boolean builtIn, char volatility) {
        return builtIn ? RUN_SQL.contains(name) : volatility != 'i' && !WRITE_NOTHING.contains(name);
    }
}
