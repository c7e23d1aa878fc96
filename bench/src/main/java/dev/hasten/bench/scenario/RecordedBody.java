package dev.hasten.bench.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/** Request bodies of {@code @prisma/client} 7.10.0 with slots, recorded by bench/capture. */
enum RecordedBody {
    FIND_UNIQUE,
    FIND_MANY,
    INCLUDE,
    UPDATE,
    UPDATE_NESTED,
    CREATE,
    RAW_SQL,
    TRANSACTION_START;

    String text() {
        String name =
                "/dev/hasten/bench/requests/" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".json";
        try (InputStream in = RecordedBody.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("missing resource " + name);
            }
            return new String(in.readAllBytes(), UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
