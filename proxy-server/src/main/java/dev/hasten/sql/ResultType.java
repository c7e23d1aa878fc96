package dev.hasten.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.json.JsonBuffer;
import dev.hasten.protocol.value.PostgresArrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts values of a type to JSON, like {@code pg_text_to_json} of Neon's proxy. */
sealed interface ResultType {

    /** Writes a value, given in PostgreSQL's text format. */
    void write(JsonBuffer out, byte[] text);

    /** A type that is not an array. */
    enum Scalar implements ResultType {
        BOOL {
            @Override
            public void write(JsonBuffer out, byte[] text) {
                out.ascii(text[0] == 't' ? "true" : "false");
            }
        },
        INT {
            @Override
            public void write(JsonBuffer out, byte[] text) {
                out.raw(text);
            }
        },
        /** Written as a number, except for NaN and infinity, which JSON does not have. */
        FLOAT {
            @Override
            public void write(JsonBuffer out, byte[] text) {
                byte last = text[text.length - 1];
                if (last >= '0' && last <= '9') {
                    out.raw(text);
                } else {
                    out.string(text);
                }
            }
        },
        JSON {
            @Override
            public void write(JsonBuffer out, byte[] text) {
                out.raw(onOneLine(text));
            }
        },
        TEXT {
            @Override
            public void write(JsonBuffer out, byte[] text) {
                out.string(text);
            }
        };

        /** The type json keeps white space. A line break in a value must not start a line of a streamed result. */
        private static byte[] onOneLine(byte[] json) {
            int at = 0;
            while (at < json.length && json[at] != '\n' && json[at] != '\r') {
                at++;
            }
            if (at == json.length) {
                return json;
            }
            byte[] line = json.clone();
            for (; at < line.length; at++) {
                line[at] = line[at] == '\n' || line[at] == '\r' ? (byte) ' ' : line[at];
            }
            return line;
        }

        private static final int BOOL_OID = 16;
        private static final int INT2_OID = 21;
        private static final int INT4_OID = 23;
        private static final int JSON_OID = 114;
        private static final int FLOAT4_OID = 700;
        private static final int FLOAT8_OID = 701;
        private static final int JSONB_OID = 3802;

        /** Returns the scalar type of an OID; {@link #TEXT} for all types without a JSON form of their own. */
        static Scalar of(long oid) {
            return switch ((int) oid) {
                case BOOL_OID -> BOOL;
                case INT2_OID, INT4_OID -> INT;
                case FLOAT4_OID, FLOAT8_OID -> FLOAT;
                case JSON_OID, JSONB_OID -> JSON;
                default -> TEXT;
            };
        }
    }

    /**
     * An array, which is written as a list. Arrays with more than one dimension are lists of lists.
     *
     * @param delimiter the character between elements in PostgreSQL's text format
     */
    record ArrayOf(Scalar element, char delimiter) implements ResultType {
        @Override
        public void write(JsonBuffer out, byte[] text) {
            write(out, PostgresArrays.parse(new String(text, UTF_8), delimiter));
        }

        private void write(JsonBuffer out, List<? extends @Nullable Object> elements) {
            out.raw('[');
            for (int i = 0; i < elements.size(); i++) {
                if (i > 0) {
                    out.raw(',');
                }
                switch (elements.get(i)) {
                    case null -> out.nullValue();
                    case List<?> nested -> write(out, nested);
                    case Object text -> element.write(out, text.toString().getBytes(UTF_8));
                }
            }
            out.raw(']');
        }
    }
}
