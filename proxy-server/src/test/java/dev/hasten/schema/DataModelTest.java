package dev.hasten.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.schema.DataModel.Field.Column;
import dev.hasten.schema.DataModel.Field.Relation;
import dev.hasten.schema.DataModel.FieldType;
import dev.hasten.schema.DataModel.Model;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields and their types are found among all other constructs of a schema. */
final class DataModelTest {
    private static Map<String, DataModel.Field> fields(String schema) {
        Model model = DataModel.of(schema).model("A");
        return Objects.requireNonNull(model).fields();
    }

    @Test
    void columnsAndRelationsAreFound() {
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
    void commentsAndStringsAreNotDeclarations() {
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
    void blocksOnOneLineAndWindowsLineEndsAreRead() {
        assertThat(fields("model A{id Int @id}\r\nmodel B {\r\n  id Int @id\r\n}\r\n"))
                .containsKey("id");
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
                "model A { \u0000 }",
                "@@@",
                "model A { id Int @map(\"\\",
                "]])) model A { ]])) }"
            })
    void malformedTextEndsTheParsing(String text) {
        assertThat(DataModel.of(text)).isNotNull();
    }
}
