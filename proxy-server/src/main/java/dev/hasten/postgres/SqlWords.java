package dev.hasten.postgres;

import java.util.Set;

/** The SQL words that {@link SqlScanner} and {@link Lease} recognize, all in lower case. */
final class SqlWords {
    /** First words of statements that do not change session state by themselves. */
    static final Set<String> HARMLESS_STATEMENTS = words("""
            select insert update delete merge with values table explain show truncate create alter drop comment
            grant revoke analyze vacuum reindex refresh begin start commit end rollback abort savepoint release
            lock""");

    /** First words of statements whose effect a reset does not undo. */
    static final Set<String> IRREVERSIBLE_STATEMENTS = words("""
            load copy""");

    /**
     * First words of statements that end a transaction. {@link SqlScanner} handles two exceptions: ROLLBACK TO does not
     * end it, and PREPARE TRANSACTION does.
     */
    static final Set<String> TRANSACTION_ENDS = words("commit end rollback abort");

    /**
     * First words of statements that PostgreSQL prevents from writing in a read-only transaction, and that do not
     * end it.
     */
    static final Set<String> READ_ONLY_STATEMENTS =
            words("select with values table show explain insert update delete merge");

    /** Statements that EXPLAIN may run in a read-only transaction, because PostgreSQL prevents them from writing. */
    static final Set<String> EXPLAINED_STATEMENTS = words("select with values table insert update delete merge");

    /** First words of statements whose parameters always belong to the request. */
    static final Set<String> PARAMETERIZED_STATEMENTS =
            words("select with values table insert update delete merge explain declare");

    /** First words of queries. With INTO, a query creates a table. */
    static final Set<String> READS = words("select with values table");

    /** Words that may appear between EXPLAIN and its statement. */
    static final Set<String> EXPLAIN_OPTIONS = words("analyze analyse verbose");

    /**
     * Functions that write large objects (before PostgreSQL 16, even in read-only transactions) or a file on
     * the server.
     */
    static final Set<String> LARGE_OBJECT_WRITES = words("""
            lo_creat lo_create lo_export lo_from_bytea lo_import lo_put lo_unlink lo_truncate lo_truncate64 lowrite""");

    /** Prefixes of date styles other than ISO. */
    static final Set<String> FOREIGN_DATE_STYLES = words("sql postgres german");

    /** Names of UTF-8. With {@code default}, the session keeps its own encoding, which is UTF-8. */
    static final Set<String> UTF8 = words("utf8 utf-8 unicode default");

    /** Functions whose effect a reset does not undo. */
    static final Set<String> IRREVERSIBLE_FUNCTIONS = words("""
            setseed""");

    /** Key words that may precede an opening parenthesis and cannot be the names of functions. */
    static final Set<String> KEY_WORDS = words("""
            and or not in exists any all some as on where having from values select using when then else case
            union except intersect distinct limit offset lateral returning between with group order default check
            unique references array row only table into interval primary to end""");

    /** Reserved words that can follow the parenthesis after a key word, but not the one of a function call. */
    static final Set<String> NEVER_ARGUMENTS = words("select with where");

    /** Words that may precede BY. */
    static final Set<String> BEFORE_BY = words("order group partition");

    /** Built-in functions and types that do not change session state, and the operators LIKE and ILIKE. */
    static final Set<String> HARMLESS_FUNCTIONS = words("""
            count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg
            bool_and bool_or every row_number rank dense_rank ntile lag lead first_value last_value nth_value
            percentile_cont percentile_disc mode stddev variance corr coalesce nullif greatest least cast
            num_nulls num_nonnulls pg_typeof lower upper length char_length octet_length trim btrim ltrim rtrim
            substring substr replace concat concat_ws format left right lpad rpad position strpos split_part
            repeat reverse initcap translate overlay regexp_replace regexp_match regexp_matches md5 sha256
            encode decode convert_from convert_to chr ascii quote_ident quote_literal starts_with to_hex unistr
            similarity word_similarity abs ceil ceiling floor round trunc mod power sqrt exp ln log sign random
            gen_random_uuid uuidv4 uuidv7 width_bucket div gcd lcm now clock_timestamp statement_timestamp
            transaction_timestamp date_trunc date_part extract age to_char to_date to_timestamp to_number
            make_date make_time make_timestamp make_timestamptz make_interval timezone current_date
            current_timestamp localtimestamp justify_interval array_append array_prepend array_cat array_length
            array_remove array_replace array_position array_to_string string_to_array array_ndims array_upper
            array_lower cardinality unnest generate_series generate_subscripts to_json to_jsonb row_to_json
            json_build_object jsonb_build_object json_build_array jsonb_build_array jsonb_set jsonb_insert
            jsonb_typeof json_typeof jsonb_array_elements json_array_elements jsonb_array_elements_text
            json_array_elements_text jsonb_array_length json_array_length jsonb_each jsonb_each_text json_each
            json_each_text jsonb_object_keys json_object_keys jsonb_extract_path jsonb_extract_path_text
            json_extract_path json_extract_path_text jsonb_pretty jsonb_strip_nulls jsonb_path_query
            jsonb_path_exists jsonb_path_query_first jsonb_path_query_array jsonb_populate_record
            jsonb_to_record jsonb_to_recordset tstzrange tsrange daterange int4range int8range numrange isempty
            lower_inc upper_inc to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery
            ts_rank ts_rank_cd ts_headline setweight strip nextval version current_schema current_database
            pg_backend_pid txid_current pg_current_xact_id pg_sleep pg_size_pretty pg_total_relation_size
            pg_relation_size to_regclass current_setting pg_advisory_xact_lock pg_try_advisory_xact_lock
            hashtext hashtextextended varchar char character varying numeric decimal bit varbit timestamp
            timestamptz time timetz float bpchar precision like ilike""");

    private SqlWords() {}

    private static Set<String> words(String text) {
        return Set.of(text.split("\\s+"));
    }
}
