package dev.hasten.protocol.value;

/** JSON as JavaScript prints it back. */
public final class JsonText {
    private JsonText() {}

    /**
     * {@code JSON.stringify(JSON.parse(json))}: no white space, JavaScript's string escapes and numbers, the last of
     * duplicate keys at the first one's place, keys that are array indices first and ascending (objects with such keys
     * are exact up to 16 of them nested in each other; deeper ones may stay as written, which JSON readers take alike).
     *
     * @param json valid JSON in UTF-8, as PostgreSQL prints it for both of its types
     * @return the same array when nothing changes
     * @throws IllegalArgumentException on text that ends early or nests wrongly; other invalid JSON is not detected
     */
    public static byte[] minify(byte[] json) {
        return new JsonMinifier(json).minify();
    }
}
