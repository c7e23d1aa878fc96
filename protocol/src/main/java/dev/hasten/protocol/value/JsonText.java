package dev.hasten.protocol.value;

/** JSON text as written by JavaScript. */
public final class JsonText {
    private JsonText() {}

    /**
     * {@code JSON.stringify(JSON.parse(json))}: removes white space and uses JavaScript's string escapes and number
     * format. The last of duplicate keys is written at the position of the first. Keys that are array indices come
     * first, in ascending order. Objects with such keys are exact up to a nesting depth of 16; deeper ones may stay
     * unchanged, which is equivalent JSON.
     *
     * @param json valid JSON in UTF-8, as returned by PostgreSQL for json and jsonb
     * @return the same array if nothing changes
     * @throws IllegalArgumentException if the text ends prematurely or is not nested correctly; other invalid JSON is
     *     not detected
     */
    public static byte[] minify(byte[] json) {
        return new JsonMinifier(json).minify();
    }
}
