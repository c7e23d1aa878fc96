package dev.hasten.protocol.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The shape of an answer: which columns become which fields. */
public sealed interface ResultNode {

    /** {@code {"count": n}}. */
    record AffectedRows() implements ResultNode {}

    /**
     * An object, or a list of objects, by what the value is.
     *
     * @param serializedName the column that holds the nested value, null for the same row
     * @param skipNulls whether null elements of a list are left out
     */
    record ObjectNode(List<NamedNode> fields, @Nullable String serializedName, boolean skipNulls)
            implements ResultNode {}

    /** A field of an object. */
    record NamedNode(String name, ResultNode node) {}

    /** A value of one column. */
    record FieldNode(String column, FieldType type) implements ResultNode {}

    /**
     * The declared type of a field.
     *
     * @param enumName the enum's name for {@link Scalar#ENUM}
     */
    record FieldType(boolean list, Scalar scalar, @Nullable String enumName) {}

    /** The scalar types of Prisma's data mapper; BYTES come with the encoding of the column's text. */
    enum Scalar {
        STRING,
        INT,
        BIGINT,
        FLOAT,
        BOOLEAN,
        JSON,
        OBJECT,
        DATETIME,
        DECIMAL,
        UNSUPPORTED,
        ENUM,
        BYTES_ARRAY,
        BYTES_BASE64,
        BYTES_HEX
    }
}
