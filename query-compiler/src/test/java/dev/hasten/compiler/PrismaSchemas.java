package dev.hasten.compiler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Schemas that several tests use. */
final class PrismaSchemas {
    static final Path CONFORMANCE = Path.of("../conformance/schema/schema.prisma");

    static final String SMALL = """
            datasource db {
              provider = "postgresql"
            }
            model A {
              id   Int     @id
              name String?
              data Json?
            }
            """;

    private PrismaSchemas() {}

    static String conformance() throws IOException {
        return Files.readString(CONFORMANCE);
    }
}
