package dev.hasten.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.compiler.SchemaDefinition.Field.Column;
import dev.hasten.compiler.SchemaDefinition.Field.Relation;
import dev.hasten.compiler.SchemaDefinition.FieldType;
import dev.hasten.compiler.SchemaDefinition.Model;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields and their types are found among all other constructs of a schema. */
final class SchemaDefinitionTest {
    private static final String DATASOURCE = "\ndatasource db {\n  provider = \"postgresql\"\n}\n";

    private static Map<String, SchemaDefinition.Field> fields(String schema) throws SchemaException {
        Model model = SchemaDefinition.of(schema + DATASOURCE).model("A");
        return Objects.requireNonNull(model).fields();
    }

    @Test
    void columnsAndRelationsAreFound() throws SchemaException {
        assertThat(fields("""
                model A {
                  id Int @id
                  s String? @default("}") @map("a { b")
                  l BigInt[]
                  b B?
                  bs B[] @relation("x")
                  e E
                  u Unsupported("point")?
                  @@unique([id, s], name: "x")
                }
                model B {
                  id Int @id
                }
                enum E {
                  X
                }
                """))
                .isEqualTo(Map.of(
                        "id", new Column(FieldType.INT, false),
                        "s", new Column(FieldType.STRING, false),
                        "l", new Column(FieldType.BIG_INT, true),
                        "b", new Relation("B"),
                        "bs", new Relation("B")));
    }

    @Test
    void commentsAndStringsAreNotDeclarations() throws SchemaException {
        assertThat(fields("""
                // model A { wrong String }
                /* model A {
                  wrong String
                } */
                generator client {
                  provider = "model A { wrong String }"
                }
                model A { // wrong String
                  /// wrong String
                  id Int @id @default(dbgenerated("( // not a comment \\" }"))
                  x Json /* y Json */ @map(
                    "wrong"
                  )
                }
                """))
                .isEqualTo(Map.of("id", new Column(FieldType.INT, false), "x", new Column(FieldType.JSON, false)));
    }

    @Test
    void attributeOnSeveralLinesDeclaresNoFields() throws SchemaException {
        assertThat(fields("""
                model A {
                  id Int @default(
                    wrong String
                  )
                  @@index([
                    id String
                  ])
                  @@map("a")
                  x  Int
                }
                """))
                .isEqualTo(Map.of("id", new Column(FieldType.INT, false), "x", new Column(FieldType.INT, false)));
    }

    @Test
    void blocksOnOneLineAndWindowsLineEndsAreRead() throws SchemaException {
        assertThat(fields("model A{id Int @id}\r\nmodel B {\r\n  id Int @id\r\n}\r\n"))
                .containsKey("id");
    }

    @Test
    void unknownTypeIsRejectedWithTheMessageOfPrisma() {
        assertThatThrownBy(() -> fields("model Team {\n  id Int @id\n  other Nonsense\n}\n"))
                .isInstanceOf(SchemaException.class)
                .hasMessage("Type \"Nonsense\" is neither a built-in type, nor refers to another model,"
                        + " composite type, or enum. At line 3: other Nonsense");
    }

    @Test
    void everyTypeOfTheSchemaLanguageIsKnown() throws Exception {
        assertThat(SchemaDefinition.of(PrismaSchemas.conformance()).model("User"))
                .isNotNull();
        assertThat(fields("""
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
                """)).containsOnlyKeys("id", "b", "v");
    }

    @Test
    void schemaWithVeryManyFieldsIsReadInOnePass() {
        StringBuilder schema = new StringBuilder("model M {\n  id Int @id\n");
        for (int i = 0; i < 100_000; i++) {
            schema.append("  f").append(i).append(" Int\n");
        }
        schema.append("  x Nonsense\n}\n");
        assertThatThrownBy(() -> fields(schema.toString())).hasMessageEndingWith("At line 100003: x Nonsense");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "}",
                "model",
                "model A",
                "model A {",
                "model A { id",
                "model A { id Int @x(",
                "\"",
                "/*",
                "{{{{",
                "}}}}",
                "@@@",
                "model A { id Int @map(\"\\",
                "]])) model A { ]])) }"
            })
    void malformedSchemaIsRejected(String text) {
        assertThatThrownBy(() -> SchemaDefinition.of(text)).isInstanceOf(SchemaException.class);
    }
}
