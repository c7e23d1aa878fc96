package dev.hasten.micro;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Request bodies of {@code @prisma/client}, recorded by bench/capture. */
public enum Recorded {
    /** A user by its id: 1.5 KB. */
    FIND_UNIQUE("find-unique"),
    /** 50 posts: 2.1 KB. */
    FIND_MANY("find-many");

    private final String name;

    Recorded(String name) {
        this.name = name;
    }

    /** Returns the whole body of the request, for row 42. */
    public byte[] body() {
        String resource = "/dev/hasten/bench/requests/" + name + ".json";
        try (InputStream in = Recorded.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("there is no resource " + resource);
            }
            String template = new String(in.readAllBytes(), UTF_8).strip();
            return template.replaceAll("@(ID|POST)", "42").getBytes(UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
