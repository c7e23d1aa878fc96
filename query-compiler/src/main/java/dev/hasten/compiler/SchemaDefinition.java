package dev.hasten.compiler;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of a Prisma schema that has passed the checks of {@link SchemaReader}, and its models and views with the
 * names and types of their fields.
 */
public final class SchemaDefinition {
    /** Estimated bytes of a field or model: its name, map entry and type. */
    private static final long MEMBER_BYTES = 160;

    private final String text;
    private final Map<String, Model> models;

    /** A model or view. */
    public record Model(Map<String, Field> fields) {
        /** Returns a field; null if there is none, or if its type is an enum or not supported. */
        public @Nullable Field field(String name) {
            return fields.get(name);
        }
    }

    /** A field of a model. */
    public sealed interface Field {
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
    public enum FieldType {
        STRING("String"),
        INT("Int"),
        BIG_INT("BigInt"),
        FLOAT("Float"),
        DECIMAL("Decimal"),
        BOOLEAN("Boolean"),
        DATE_TIME("DateTime"),
        JSON("Json"),
        BYTES("Bytes");

        private final String declared;

        FieldType(String declared) {
            this.declared = declared;
        }

        /** Returns the type with this name in a schema, or null if it is not a type of columns. */
        static @Nullable FieldType of(String declared) {
            for (FieldType type : values()) {
                if (type.declared.equals(declared)) {
                    return type;
                }
            }
            return null;
        }
    }

    SchemaDefinition(String text, Map<String, Model> models) {
        this.text = text;
        this.models = models;
    }

    /**
     * Reads a schema, in one pass.
     *
     * @param text the text of a schema of Prisma 5 or later
     * @throws SchemaException if the schema is not for PostgreSQL or is rejected
     */
    public static SchemaDefinition of(String text) throws SchemaException {
        return SchemaReader.read(text);
    }

    /** The text of the schema. */
    public String text() {
        return text;
    }

    /** Returns a model or view, or null if there is none with this name. */
    public @Nullable Model model(String name) {
        return models.get(name);
    }

    /** Approximate memory in bytes. */
    public long heapBytes() {
        return 2L * text.length()
                + models.values().stream()
                                .mapToLong(model -> model.fields().size() + 2)
                                .sum()
                        * MEMBER_BYTES;
    }
}
