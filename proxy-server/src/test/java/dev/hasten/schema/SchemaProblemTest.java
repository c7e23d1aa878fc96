package dev.hasten.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Fields of unknown types are reported; everything that Prisma allows is not. */
final class SchemaProblemTest {
    @Test
    void unknownTypeHasTheMessageOfPrisma() {
        assertThat(DataModel.problemOf("model Team {\n  id Int @id\n  other Nonsense\n}\n"))
                .startsWith("Type \"Nonsense\" is neither a built-in type, nor refers to another model")
                .endsWith("At line 3: other Nonsense");
    }

    @Test
    void everyTypeOfTheSchemaLanguageIsKnown() throws IOException {
        assertThat(DataModel.problemOf(Files.readString(Path.of("../conformance/schema/schema.prisma"))))
                .isNull();
        assertThat(DataModel.problemOf("""
                        model A {
                          id Int @id // Nonsense
                          b  B?
                          e  E[]
                          v  V?
                          t  T
                          u  Unsupported("circle")?
                          @@index([id])
                          @@map("a")
                        }
                        model B { id Int @id }
                        enum E { X }
                        view V { id Int @unique }
                        type T { x Int }
                        """)).isNull();
    }
}
