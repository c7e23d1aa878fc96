package dev.hasten.prisma;

import dev.hasten.postgres.ColumnType;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The names of column types in the responses of raw queries ({@code serializeColumnType} of {@code serialize-sql.ts}). */
public final class RawTypeNames {
    private static final Map<String, String> BY_TYPE_NAME = new HashMap<>();

    static {
        names("bool", "bool");
        names("bytes", "bytea");
        names("string", "bit", "bpchar", "cidr", "inet", "name", "text", "varbit", "varchar", "xml");
        names("bigint", "int8", "oid");
        names("int", "int2", "int4");
        names("json", "json", "jsonb");
        names("float", "float4");
        names("double", "float8");
        names("decimal", "money", "numeric");
        names("date", "date");
        names("time", "time", "timetz");
        names("datetime", "timestamp", "timestamptz");
        names("uuid", "uuid");
        names("char", "char");
        names("string", ColumnType.USER_DEFINED_NAME);
    }

    private RawTypeNames() {}

    private static void names(String rawName, String... typeNames) {
        for (String typeName : typeNames) {
            BY_TYPE_NAME.put(typeName, rawName);
        }
    }

    /** Returns the name of a type, which must be one that Prisma supports. */
    public static String of(ColumnType type) {
        String name = Objects.requireNonNull(BY_TYPE_NAME.get(type.typeName()));
        return type.array() ? name + "-array" : name;
    }
}
