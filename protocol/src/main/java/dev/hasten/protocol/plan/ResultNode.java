package dev.hasten.protocol.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The structure of a response: which columns become which fields. */
public sealed interface ResultNode {

    /** {@code {"count": n}}. */
    record AffectedRows() implements ResultNode {}

    /**
     * An object or a list of objects, depending on the value.
     *
     * @param serializedName the column that contains the nested value; null for the same row
     * @param skipNulls whether null elements of a list are left out
     */
    record ObjectNode(List<NamedNode> fields, @Nullable String serializedName, boolean skipNulls)
            implements ResultNode {}

    /** A field of an object. */
    final class NamedNode {
        private static final JsonMapper JSON = JsonMapper.shared();

        private final String name;
        private final ResultNode node;
        private final byte[] member;

        NamedNode(String name, ResultNode node) {
            this.name = name;
            this.node = node;
            this.member = (JSON.writeValueAsString(name) + ":").getBytes(UTF_8);
        }

        /** The name in the response. */
        public String name() {
            return name;
        }

        /** The structure of the field. */
        public ResultNode node() {
            return node;
        }

        /** The name as a JSON member name with its colon, in UTF-8; not a copy. */
        public byte[] member() {
            return member;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof NamedNode same && name.equals(same.name) && node.equals(same.node);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + node.hashCode();
        }

        @Override
        public String toString() {
            return name + "=" + node;
        }
    }

    /** A value of one column. */
    record FieldNode(String column, FieldType type) implements ResultNode {}

    /**
     * The declared type of a field.
     *
     * @param enumName the enum's name for {@link Scalar#ENUM}
     */
    record FieldType(boolean list, Scalar scalar, @Nullable String enumName) {}

    /** The scalar types of Prisma's data mapper. The BYTES types include the encoding of the column's text. */
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
