package dev.hasten.postgres;

import java.util.HashMap;
import java.util.Map;

/**
 * The type of a result column. The mapping is that of {@code adapter-pg/src/conversion.ts} ({@code fieldToColumnType}).
 *
 * @param kind how to interpret the text of a value, or of an array's elements
 * @param array whether values are arrays
 * @param typeName PostgreSQL's name of the type, or of an array's element type; {@value #USER_DEFINED_NAME} for types
 *     that are not built in
 */
public record ColumnType(Kind kind, boolean array, String typeName) {
    /** The name used for all types that are not built in. */
    public static final String USER_DEFINED_NAME = "user-defined";

    /** How to interpret the text of a value. */
    public enum Kind {
        /** int2 and int4: a number. */
        INT,
        /** int8: a number that JSON cannot carry exactly. */
        INT8,
        /** oid: a number. */
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
        /** Not supported by Prisma. */
        UNSUPPORTED
    }

    /** The lowest OID of types that are not built in: enums, domains and types of extensions. All are read as text. */
    private static final int FIRST_NORMAL_OBJECT_ID = 16384;

    private static final ColumnType USER_DEFINED = new ColumnType(Kind.TEXT, false, USER_DEFINED_NAME);

    /** An array of a type that is not built in. {@link #of} does not return it, because the OID does not show it. */
    public static final ColumnType USER_DEFINED_ARRAY = new ColumnType(Kind.TEXT, true, USER_DEFINED_NAME);

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
        scalar(17, Kind.BYTEA, "bytea");
        scalar(19, Kind.TEXT, "name");
        scalar(20, Kind.INT8, "int8");
        scalar(21, Kind.INT, "int2");
        scalar(23, Kind.INT, "int4");
        scalar(25, Kind.TEXT, "text");
        scalar(26, Kind.OID, "oid");
        scalar(114, Kind.JSON, "json");
        scalar(142, Kind.TEXT, "xml");
        scalar(650, Kind.TEXT, "cidr");
        scalar(700, Kind.FLOAT, "float4");
        scalar(701, Kind.FLOAT, "float8");
        scalar(790, Kind.MONEY, "money");
        scalar(869, Kind.TEXT, "inet");
        scalar(1042, Kind.TEXT, "bpchar");
        scalar(1043, Kind.TEXT, "varchar");
        scalar(1082, Kind.DATE, "date");
        scalar(1083, Kind.TIME, "time");
        scalar(1114, Kind.TIMESTAMP, "timestamp");
        scalar(1184, Kind.TIMESTAMPTZ, "timestamptz");
        scalar(1266, Kind.TIMETZ, "timetz");
        scalar(1560, Kind.TEXT, "bit");
        scalar(1562, Kind.TEXT, "varbit");
        scalar(1700, Kind.NUMERIC, "numeric");
        scalar(2950, Kind.TEXT, "uuid");
        scalar(3802, Kind.JSON, "jsonb");
        array(143, Kind.TEXT, "xml");
        array(199, Kind.JSON, "json");
        array(651, Kind.TEXT, "cidr");
        array(791, Kind.MONEY, "money");
        array(1000, Kind.BOOL, "bool");
        array(1001, Kind.BYTEA, "bytea");
        array(1002, Kind.TEXT, "char");
        array(1005, Kind.INT, "int2");
        array(1007, Kind.INT, "int4");
        array(1009, Kind.TEXT, "text");
        array(1014, Kind.TEXT, "bpchar");
        array(1015, Kind.TEXT, "varchar");
        array(1016, Kind.INT8, "int8");
        array(1021, Kind.FLOAT, "float4");
        array(1022, Kind.FLOAT, "float8");
        array(1028, Kind.OID, "oid");
        array(1041, Kind.TEXT, "inet");
        array(1115, Kind.TIMESTAMP, "timestamp");
        array(1182, Kind.DATE, "date");
        array(1183, Kind.TIME, "time");
        array(1185, Kind.TIMESTAMPTZ, "timestamptz");
        array(1231, Kind.NUMERIC, "numeric");
        array(1561, Kind.TEXT, "bit");
        array(1563, Kind.TEXT, "varbit");
        array(2951, Kind.TEXT, "uuid");
        array(3807, Kind.JSON, "jsonb");
    }

    /** The type with this OID; of kind {@link Kind#UNSUPPORTED} if Prisma does not support it. */
    public static ColumnType of(int oid) {
        ColumnType known = BY_OID.get(oid);
        if (known != null) {
            return known;
        }
        if (oid >= FIRST_NORMAL_OBJECT_ID) {
            return USER_DEFINED;
        }
        return new ColumnType(Kind.UNSUPPORTED, false, UNSUPPORTED_NAMES.getOrDefault(oid, "Unknown"));
    }

    /** Whether the type is not built in, and is read as text. */
    public boolean isUserDefined() {
        return equals(USER_DEFINED);
    }

    private static void scalar(int oid, Kind kind, String typeName) {
        BY_OID.put(oid, new ColumnType(kind, false, typeName));
    }

    private static void array(int oid, Kind kind, String typeName) {
        BY_OID.put(oid, new ColumnType(kind, true, typeName));
    }
}
