package dev.hasten.prisma;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tables of what Prisma's own packages do; see generate-reference.mjs in the directory of the tables. */
final class PrismaReference {
    private static final JsonMapper JSON = JsonMapper.shared();

    private PrismaReference() {}

    /** Returns the lines of a table. */
    static List<JsonNode> lines(String table) {
        try (InputStream stream = Objects.requireNonNull(PrismaReference.class.getResourceAsStream(table))) {
            return new String(stream.readAllBytes(), UTF_8)
                    .lines()
                    .map(JSON::readTree)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
