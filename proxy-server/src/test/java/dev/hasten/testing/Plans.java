package dev.hasten.testing;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds query plans as JSON in the format of the query compiler. */
public final class Plans {
    private Plans() {}

    /** An object of alternating names and values. */
    public static Map<String, @Nullable Object> object(@Nullable Object... pairs) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return object;
    }

    /** A list, which may contain nulls. */
    public static List<@Nullable Object> list(@Nullable Object... elements) {
        return Arrays.asList(elements);
    }

    /** A node of the given type. */
    public static Map<String, @Nullable Object> node(String type, @Nullable Object args) {
        return object("type", type, "args", args);
    }

    /** A literal or placeholder. */
    public static Map<String, @Nullable Object> value(@Nullable Object value) {
        return node("value", value);
    }

    /** A sequence of nodes. */
    public static Map<String, @Nullable Object> seq(Object... nodes) {
        return node("seq", List.of(nodes));
    }

    /** The value of a binding. */
    public static Map<String, @Nullable Object> get(String name) {
        return node("get", object("name", name));
    }

    /** A body with one binding. */
    public static Map<String, @Nullable Object> let(String name, Object expression, Object body) {
        return node("let", object("bindings", List.of(object("name", name, "expr", expression)), "expr", body));
    }

    /**
     * Records with their children in a field.
     *
     * @param on the parent and child columns that must be equal
     */
    public static Map<String, @Nullable Object> join(
            Object parent, Object child, String field, boolean unique, boolean strict, String... on) {
        return node(
                "join",
                object(
                        "parent",
                        parent,
                        "children",
                        List.of(object(
                                "child",
                                child,
                                "on",
                                List.of(List.of(on)),
                                "parentField",
                                field,
                                "isRelationUnique",
                                unique)),
                        "canAssumeStrictEquality",
                        strict));
    }

    /** A placeholder of the request's parameters. */
    public static Map<String, @Nullable Object> param(String name, String type) {
        return object("prisma__type", "param", "prisma__value", object("name", name, "type", type));
    }

    /** A generator call. */
    public static Map<String, @Nullable Object> generator(String name, @Nullable Object... args) {
        return object("prisma__type", "generatorCall", "prisma__value", object("name", name, "args", list(args)));
    }

    /** The type of a scalar argument. */
    public static Map<String, @Nullable Object> type(String scalarType) {
        return object("arity", "scalar", "scalarType", scalarType);
    }

    /** A raw statement; arguments have no type. */
    public static Map<String, @Nullable Object> raw(String sql, @Nullable Object... args) {
        List<Object> types =
                Arrays.stream(args).map(_ -> (Object) type("unknown")).toList();
        return object("type", "rawSql", "sql", sql, "args", list(args), "argTypes", types);
    }

    /** A raw query, which returns columns, types and rows. */
    public static Map<String, @Nullable Object> rawQuery(String sql, @Nullable Object... args) {
        return node("query", raw(sql, args));
    }

    /** A raw statement, which returns a count. */
    public static Map<String, @Nullable Object> rawExecute(String sql, @Nullable Object... args) {
        return node("execute", raw(sql, args));
    }

    /** A compiled statement: pieces of SQL with arguments between them. */
    public static Map<String, @Nullable Object> template(String[] texts, @Nullable Object... args) {
        List<Object> types =
                Arrays.stream(args).map(_ -> (Object) type("unknown")).toList();
        return templateOfTypes(texts, types, args);
    }

    /** A compiled statement with types for its arguments. */
    public static Map<String, @Nullable Object> templateOfTypes(
            String[] texts, List<?> types, @Nullable Object... args) {
        Object[] fragments = new Object[texts.length * 2 - 1];
        for (int i = 0; i < texts.length; i++) {
            fragments[2 * i] = text(texts[i]);
            if (i + 1 < texts.length) {
                fragments[2 * i + 1] = object("type", "parameter");
            }
        }
        return template(List.of(fragments), types, true, args);
    }

    /** A compiled statement with any fragments. */
    public static Map<String, @Nullable Object> template(
            List<?> fragments, List<?> types, boolean chunkable, @Nullable Object... args) {
        return object(
                "type",
                "templateSql",
                "fragments",
                fragments,
                "placeholderFormat",
                object("prefix", "$", "hasNumbering", true),
                "args",
                list(args),
                "argTypes",
                types,
                "chunkable",
                chunkable);
    }

    /** A template fragment with SQL. */
    public static Map<String, @Nullable Object> text(String sql) {
        return object("type", "stringChunk", "chunk", sql);
    }

    /** A template fragment for {@code ($1,$2)}. */
    public static Map<String, @Nullable Object> tuple() {
        return object("type", "parameterTuple", "itemPrefix", "", "itemSeparator", ",", "itemSuffix", "");
    }

    /** A template fragment for {@code ($1,$2),($3,$4)}. */
    public static Map<String, @Nullable Object> tupleList() {
        return object(
                "type",
                "parameterTupleList",
                "itemPrefix",
                "(",
                "itemSeparator",
                ",",
                "itemSuffix",
                ")",
                "groupSeparator",
                ",");
    }

    /** A compiled query. */
    public static Map<String, @Nullable Object> query(String sql) {
        return node("query", template(new String[] {sql}));
    }

    /** A compiled query with one argument at the {@code ?}. */
    public static Map<String, @Nullable Object> query(String sql, @Nullable Object arg) {
        return node("query", template(sql.split("\\?", -1), arg));
    }

    /** A compiled statement. */
    public static Map<String, @Nullable Object> execute(String sql) {
        return node("execute", template(new String[] {sql}));
    }

    /** A compiled statement with one argument at the {@code ?}. */
    public static Map<String, @Nullable Object> execute(String sql, @Nullable Object arg) {
        return node("execute", template(sql.split("\\?", -1), arg));
    }

    /** A node in a transaction. */
    public static Map<String, @Nullable Object> transaction(Object node) {
        return node("transaction", node);
    }

    /** Rows mapped to fields. */
    public static Map<String, @Nullable Object> dataMap(Object node, Object structure) {
        return dataMap(node, structure, object());
    }

    /** Rows mapped to fields, with enums. */
    public static Map<String, @Nullable Object> dataMap(Object node, Object structure, Object enums) {
        return node("dataMap", object("expr", node, "structure", structure, "enums", enums));
    }

    /** An object of a response: alternating names and nodes. */
    public static Map<String, @Nullable Object> shape(Object... fields) {
        return object("type", "object", "fields", object(fields), "serializedName", null, "skipNulls", false);
    }

    /** A field of a response, from the column of the same name. */
    public static Map<String, @Nullable Object> field(String type) {
        return object("type", "field", "fieldType", object("arity", "scalar", "type", type));
    }

    /** A list field of a response. */
    public static Map<String, @Nullable Object> listField(String type) {
        return object("type", "field", "fieldType", object("arity", "list", "type", type));
    }
}
