package dev.hasten.compiler;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaReaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "datasource db {\n provider = \"postgresql\"\n}",
                "datasource db {\r\n\turl=\"x\"\r\n\tprovider=\"postgres\"\r\n}",
                "datasource db {\n // provider = \"mysql\"\n provider = \"postgresql\" // \"sqlite\"\n}",
                "/* datasource a {\n provider = \"mysql\" } */\ndatasource db { provider = /* \" */ \"postgresql\" }",
                "generator client {\n provider = \"mysql\"\n}\ndatasource db {\n provider = \"postgresql\"\n}",
                "datasource db {\n url = \"provider = \\\"mysql\\\" } {\"\n provider = \"postgresql\"\n}",
                "datasource db {\n provider = \"postgresql\"\n}\nmodel datasource {\n provider String"
                        + " @default(\"mysql\")\n}",
                "/// } datasource {\ndatasource db {\n provider = \"postgresql\"\n extensions = [a(map: \"}\")]\n}",
                "model A {\n id Int @id @default(\"{\")\n}\n\ndatasource provider {\n provider = \"postgresql\"\n}",
            })
    void postgresqlIsFoundAnywhere(String schema) {
        assertThatCode(() -> SchemaReader.read(schema)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "model A {\n id Int @id\n}",
                "datasource db {\n url = \"postgresql\"\n}",
                "datasource db {\n // provider = \"postgresql\"\n}",
                "generator db {\n provider = \"postgresql\"\n}",
                "provider = \"postgresql\"",
                "datasource db {\n provider = env(\"postgresql\")\n}",
            })
    void aSchemaWithoutAProviderIsRefused(String schema) {
        assertThatThrownBy(() -> SchemaReader.read(schema))
                .isInstanceOf(SchemaException.class)
                .hasMessageStartingWith("The schema has no datasource with a provider.");
    }

    @Test
    void unterminatedConstructsAreRejectedWithTheirLine() {
        assertRefused("\nmodel A {\n", "The schema has an unterminated block that starts in line 2.");
        assertRefused("model A {\n @@map(\"a\n}", "The schema has an unterminated string that starts in line 2.");
        assertRefused("model A {}\n\n/* \n", "The schema has an unterminated comment that starts in line 3.");
        assertRefused("model A {}\n }", "Line 2 of the schema has a closing brace without a block.");
        assertRefused("\"\\", "The schema has an unterminated string that starts in line 1.");
    }

    @Test
    void aSecondDatasourceIsRefused() {
        String one = "datasource a {\n provider = \"postgresql\"\n}\n";
        assertRefused(one + one, "The schema has more than one datasource provider.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@@map(\"a\\\" WHERE 1=2 --\")",
                "@@map(\"a\\u0022\")",
                "@@map(name: \"a\\\"\")",
                "@@schema(\"a\\\"\")",
                "a Int @map(\"a\\\"\")",
                "a Int @default(1) @map(\"a\\\"\")",
                "a Int @default(\n @@map(\"a\\\"\")",
                "a Int @default( @map(\"a\\\"\")",
                "b B[] @relation(\"a\\\"\")",
                "/*\n @@map(\"a\\\"\")\n*/",
                "{\n @@map(\"a\\\"\")\n}",
            })
    void aNameThatCouldEscapeItsQuotesIsRejected(String line) {
        String schema = "datasource db {\n provider = \"postgresql\"\n}\nmodel A {\n id Int @id\n %s\n}"
                + "\nmodel B {\n id Int @id\n}";
        assertThatThrownBy(() -> SchemaReader.read(schema.formatted(line)))
                .isInstanceOf(SchemaException.class)
                .hasMessageEndingWith("which Hasten does not allow.");
        assertThatCode(() -> SchemaReader.read(
                        schema.formatted(line.replace("\\\"", "").replace("\\u0022", ""))))
                .doesNotThrowAnyException();
    }

    @Test
    void quotesInDefaultsAndDocumentationAreNotNames() {
        assertThatCode(() -> SchemaReader.read("""
                        datasource db {
                          provider = "postgresql"
                          url      = "a\\"b"
                        }
                        /// says "hello\\"
                        model A {
                          id   Int    @id // "a\\"b"
                          text String @default("a\\"b") @map("text")
                          json Json   @default("{\\"a\\": 1}")
                          list String[] @default(["a\\u0022"])
                          db   String @default(dbgenerated("f(\\"x\\")"))
                          odd  Unsupported("\\"Odd\\"")?
                        }
                        """)).doesNotThrowAnyException();
    }

    private static void assertRefused(String schema, String message) {
        assertThatThrownBy(() -> SchemaReader.read(schema))
                .isInstanceOf(SchemaException.class)
                .hasMessage(message);
    }
}
