package dev.hasten.schema;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Prisma schema says about the names and types of models: enough to tell which values of a query are data. It is
 * read from a schema that the query compiler has accepted; what it does not understand it leaves out.
 */
record DataModel(Map<String, Model> models) {
    private static final Map<String, FieldType> SCALARS = Map.of(
            "String", FieldType.STRING,
            "Int", FieldType.INT,
            "BigInt", FieldType.BIG_INT,
            "Float", FieldType.FLOAT,
            "Decimal", FieldType.DECIMAL,
            "Boolean", FieldType.BOOLEAN,
            "DateTime", FieldType.DATE_TIME,
            "Json", FieldType.JSON,
            "Bytes", FieldType.BYTES);

    /** A field or model: its name, its place in a map, its type. */
    private static final long MEMBER_BYTES = 160;

    /** A model or view. */
    record Model(Map<String, Field> fields) {
        @Nullable
        Field field(String name) {
            return fields.get(name);
        }
    }

    /** A field of a model. */
    sealed interface Field {
        /**
         * A column.
         *
         * @param type what one value of it is
         * @param list whether it holds an array of them
         */
        record Column(FieldType type, boolean list) implements Field {}

        /** Records of another model. */
        record Relation(String model) implements Field {}
    }

    /** What a column holds. Enums are left out: their names are part of a query, not data. */
    enum FieldType {
        STRING,
        INT,
        BIG_INT,
        FLOAT,
        DECIMAL,
        BOOLEAN,
        DATE_TIME,
        JSON,
        BYTES
    }

    /**
     * What is wrong with a schema, in the words of Prisma's own validation; null when nothing is found. The query compiler
     * does not look for this: it would break down over the first query of the model.
     */
    static @Nullable String problemOf(String schema) {
        SchemaScanner scanner = new SchemaScanner(schema);
        scanner.scan();
        for (Map<String, SchemaScanner.FieldType> fields : scanner.models().values()) {
            for (SchemaScanner.FieldType field : fields.values()) {
                String name = field.name();
                if (!SCALARS.containsKey(name)
                        && !scanner.models().containsKey(name)
                        && !scanner.otherTypes().contains(name)
                        && !name.equals("Unsupported")) {
                    return "Type \"%s\" is neither a built-in type, nor refers to another model, composite type, or enum. At line %d: %s"
                            .formatted(
                                    name,
                                    line(schema, field.end()),
                                    schema.lines()
                                            .skip(line(schema, field.end()) - 1)
                                            .findFirst()
                                            .orElse("")
                                            .strip());
                }
            }
        }
        return null;
    }

    /** From 1. */
    private static long line(String schema, int position) {
        return 1
                + schema.substring(0, Math.min(position, schema.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    /** Reads a schema. */
    static DataModel of(String schema) {
        SchemaScanner scanner = new SchemaScanner(schema);
        scanner.scan();
        Map<String, Model> models = new HashMap<>();
        scanner.models().forEach((name, declared) -> {
            Map<String, Field> fields = new HashMap<>();
            declared.forEach((fieldName, type) -> {
                Field field = field(type, scanner);
                if (field != null) {
                    fields.put(fieldName, field);
                }
            });
            models.put(name, new Model(fields));
        });
        return new DataModel(models);
    }

    private static @Nullable Field field(SchemaScanner.FieldType declared, SchemaScanner scanner) {
        FieldType type = SCALARS.get(declared.name());
        if (type != null) {
            return new Field.Column(type, declared.list());
        }
        return scanner.models().containsKey(declared.name()) ? new Field.Relation(declared.name()) : null;
    }

    @Nullable
    Model model(String name) {
        return models.get(name);
    }

    /** Bytes of memory, roughly. */
    long heapBytes() {
        return models.values().stream()
                        .mapToLong(model -> model.fields().size() + 2)
                        .sum()
                * MEMBER_BYTES;
    }
}
