package dev.hasten.postgres;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The type of a result column: how its text is read, and what Prisma's raw queries call it. The table is that of
 * {@code adapter-pg/src/conversion.ts} (fieldToColumnType) and {@code serialize-sql.ts} (serializeColumnType).
 *
 * @param kind how a value's text is read; of the elements when {@code array}
 * @param array whether values are arrays
 * @param rawName the name in the {@code types} of a raw query's answer; null for a type that Prisma does not read
 * @param typeName PostgreSQL's name for messages about unsupported types
 */
public record ColumnType(Kind kind, boolean array, @Nullable String rawName, String typeName) {

    /** How a value's text is read. */
    public enum Kind {
        /** int2 and int4: a number. */
        INT,
        /** int8: a number that JSON cannot carry exactly. */
        INT8,
        /** oid: a number, called a bigint in raw queries. */
        OID,
        FLOAT,
        BOOL,
        TEXT,
        BYTEA,
        DATE,
        TIME,
        TIMETZ,
        TIMESTAMP,
        TIMESTAMPTZ,
        NUMERIC,
        MONEY,
        JSON,
        /** Not readable by Prisma. */
        UNSUPPORTED
    }

    /** The first OID of types that are not built in: enums, domains and extensions' types, all read as text. */
    private static final int FIRST_NORMAL_OBJECT_ID = 16384;

    private static final ColumnType USER_DEFINED = new ColumnType(Kind.TEXT, false, "string", "user-defined");

    private static final Map<Integer, ColumnType> BY_OID = new HashMap<>();

    private static final Map<Integer, String> UNSUPPORTED_NAMES = Map.ofEntries(
            Map.entry(18, "char"),
            Map.entry(22, "int2vector"),
            Map.entry(24, "regproc"),
            Map.entry(27, "tid"),
            Map.entry(28, "xid"),
            Map.entry(29, "cid"),
            Map.entry(30, "oidvector"),
            Map.entry(194, "pg_node_tree"),
            Map.entry(600, "point"),
            Map.entry(601, "lseg"),
            Map.entry(602, "path"),
            Map.entry(603, "box"),
            Map.entry(604, "polygon"),
            Map.entry(628, "line"),
            Map.entry(705, "unknown"),
            Map.entry(718, "circle"),
            Map.entry(774, "macaddr8"),
            Map.entry(829, "macaddr"),
            Map.entry(1033, "aclitem"),
            Map.entry(1186, "interval"),
            Map.entry(1790, "refcursor"),
            Map.entry(2202, "regprocedure"),
            Map.entry(2203, "regoper"),
            Map.entry(2204, "regoperator"),
            Map.entry(2205, "regclass"),
            Map.entry(2206, "regtype"),
            Map.entry(2249, "record"),
            Map.entry(2275, "cstring"),
            Map.entry(2278, "void"),
            Map.entry(2279, "trigger"),
            Map.entry(2287, "_record"),
            Map.entry(2970, "txid_snapshot"),
            Map.entry(3220, "pg_lsn"),
            Map.entry(3614, "tsvector"),
            Map.entry(3615, "tsquery"),
            Map.entry(3642, "gtsvector"),
            Map.entry(3734, "regconfig"),
            Map.entry(3769, "regdictionary"),
            Map.entry(3904, "int4range"),
            Map.entry(3906, "numrange"),
            Map.entry(3908, "tsrange"),
            Map.entry(3910, "tstzrange"),
            Map.entry(3912, "daterange"),
            Map.entry(3926, "int8range"),
            Map.entry(4072, "jsonpath"),
            Map.entry(4089, "regnamespace"),
            Map.entry(4096, "regrole"),
            Map.entry(4191, "regcollation"),
            Map.entry(4451, "int4multirange"),
            Map.entry(4532, "nummultirange"),
            Map.entry(4533, "tsmultirange"),
            Map.entry(4534, "tstzmultirange"),
            Map.entry(4535, "datemultirange"),
            Map.entry(4536, "int8multirange"),
            Map.entry(5038, "pg_snapshot"),
            Map.entry(5069, "xid8"));

    static {
        scalar(16, Kind.BOOL, "bool");
        scalar(17, Kind.BYTEA, "bytes");
        scalar(19, Kind.TEXT, "string"); // name
        scalar(20, Kind.INT8, "bigint");
        scalar(21, Kind.INT, "int");
        scalar(23, Kind.INT, "int");
        scalar(25, Kind.TEXT, "string");
        scalar(26, Kind.OID, "bigint");
        scalar(114, Kind.JSON, "json");
        scalar(142, Kind.TEXT, "string"); // xml
        scalar(650, Kind.TEXT, "string"); // cidr
        scalar(700, Kind.FLOAT, "float");
        scalar(701, Kind.FLOAT, "double");
        scalar(790, Kind.MONEY, "decimal");
        scalar(869, Kind.TEXT, "string"); // inet
        scalar(1042, Kind.TEXT, "string"); // bpchar
        scalar(1043, Kind.TEXT, "string"); // varchar
        scalar(1082, Kind.DATE, "date");
        scalar(1083, Kind.TIME, "time");
        scalar(1114, Kind.TIMESTAMP, "datetime");
        scalar(1184, Kind.TIMESTAMPTZ, "datetime");
        scalar(1266, Kind.TIMETZ, "time");
        scalar(1560, Kind.TEXT, "string"); // bit
        scalar(1562, Kind.TEXT, "string"); // varbit
        scalar(1700, Kind.NUMERIC, "decimal");
        scalar(2950, Kind.TEXT, "uuid");
        scalar(3802, Kind.JSON, "json"); // jsonb
        array(143, Kind.TEXT, "string-array"); // xml
        array(199, Kind.JSON, "json-array");
        array(651, Kind.TEXT, "string-array"); // cidr
        array(791, Kind.MONEY, "decimal-array");
        array(1000, Kind.BOOL, "bool-array");
        array(1001, Kind.BYTEA, "bytes-array");
        array(1002, Kind.TEXT, "char-array");
        array(1005, Kind.INT, "int-array");
        array(1007, Kind.INT, "int-array");
        array(1009, Kind.TEXT, "string-array");
        array(1014, Kind.TEXT, "string-array"); // bpchar
        array(1015, Kind.TEXT, "string-array"); // varchar
        array(1016, Kind.INT8, "bigint-array");
        array(1021, Kind.FLOAT, "float-array");
        array(1022, Kind.FLOAT, "double-array");
        array(1028, Kind.OID, "bigint-array");
        array(1041, Kind.TEXT, "string-array"); // inet
        array(1115, Kind.TIMESTAMP, "datetime-array");
        array(1182, Kind.DATE, "date-array");
        array(1183, Kind.TIME, "time-array");
        array(1185, Kind.TIMESTAMPTZ, "datetime-array");
        array(1231, Kind.NUMERIC, "decimal-array");
        array(1561, Kind.TEXT, "string-array"); // bit
        array(1563, Kind.TEXT, "string-array"); // varbit
        array(2951, Kind.TEXT, "uuid-array");
        array(3807, Kind.JSON, "json-array"); // jsonb
    }

    /** The type with the OID; one that Prisma does not read is {@link Kind#UNSUPPORTED}. */
    public static ColumnType of(int oid) {
        ColumnType known = BY_OID.get(oid);
        if (known != null) {
            return known;
        }
        if (oid >= FIRST_NORMAL_OBJECT_ID) {
            return USER_DEFINED;
        }
        return new ColumnType(Kind.UNSUPPORTED, false, null, UNSUPPORTED_NAMES.getOrDefault(oid, "Unknown"));
    }

    private static void scalar(int oid, Kind kind, String rawName) {
        BY_OID.put(oid, new ColumnType(kind, false, rawName, rawName));
    }

    private static void array(int oid, Kind kind, String rawName) {
        BY_OID.put(oid, new ColumnType(kind, true, rawName, rawName));
    }
}
