package dev.hasten.prisma;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.json.JsonBuffer;
import org.jspecify.annotations.Nullable;

/** The object around the data of a response: {@code {"data":...,"extensions":...}}. */
public final class DataFrame {
    private static final byte[] DATA = "{\"data\":".getBytes(UTF_8);

    /** Bytes to reserve in a buffer, so that the frame needs no copy of the data. */
    public static final int HEADROOM = DATA.length;

    private DataFrame() {}

    /**
     * Adds the frame around the data.
     *
     * @param data the JSON of the data; the frame is added to this buffer
     * @param extensions JSON of {@code extensions}; null for none
     * @return the same buffer
     */
    public static JsonBuffer close(JsonBuffer data, byte @Nullable [] extensions) {
        return end(data.withoutLimit().prepend(DATA), extensions);
    }

    /**
     * Adds the frame around an object with the data as its only member: {@code {"data":{"name":...}}}.
     *
     * @param name must not need escaping
     */
    public static JsonBuffer close(String name, JsonBuffer data, byte @Nullable [] extensions) {
        byte[] opening = ("{\"data\":{\"" + name + "\":").getBytes(UTF_8);
        return end(data.withoutLimit().prepend(opening).raw('}'), extensions);
    }

    private static JsonBuffer end(JsonBuffer framed, byte @Nullable [] extensions) {
        if (extensions != null) {
            framed.ascii(",\"extensions\":").raw(extensions);
        }
        return framed.raw('}');
    }
}
