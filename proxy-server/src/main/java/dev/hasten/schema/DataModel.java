package dev.hasten.schema;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The models of a Prisma schema with the names and types of their fields, which determine which values of a query are
 * data. Fields of a type that is not understood are left out.
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

    /** Estimated bytes of a field or model: its name, map entry and type. */
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
         * @param type the type of a value, or of an element of a list
         * @param list whether the column holds a list of such values
         */
        record Column(FieldType type, boolean list) implements Field {}

        /** A relation to records of another model. */
        record Relation(String model) implements Field {}
    }

    /** The type of a column. Enums are left out, because their values are part of the query, not data. */
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
     * Returns Prisma's own validation message for a field with an unknown type, or null if there is no such field. The
     * query compiler does not check this, and would crash on the first query of the model.
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

    /** Returns the line of a position; the first line is 1. */
    private static long line(String schema, int position) {
        return 1
                + schema.substring(0, Math.min(position, schema.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    /** Parses a schema. */
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

    /** Returns the approximate memory in bytes. */
    long heapBytes() {
        return models.values().stream()
                        .mapToLong(model -> model.fields().size() + 2)
                        .sum()
                * MEMBER_BYTES;
    }
}
