package dev.hasten.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.hasten.compiler.SchemaDefinition;
import dev.hasten.compiler.SchemaException;

/** Any text as a Prisma schema is read, or refused with a reason. */
public final class SchemaFuzz {
    private static final String[] FRAGMENTS = {
        "datasource db {\n  provider = \"postgresql\"\n  url = env(\"U\")\n}\n",
        "generator client {\n",
        "model A {\n",
        "  id Int @id\n",
        "}\n",
        "enum E {\n",
        "  X @map(\"x\")\n",
        "view V {\n",
        "type T {\n",
        "provider = ",
        "\"postgresql\"",
        "relationMode = \"prisma\"\n",
        "previewFeatures = [",
        "]",
        "[",
        "schemas = [\"a\", \"b\"]\n",
        "@@map(\"",
        "\")",
        "@@schema(\"a\")\n",
        "@relation(fields: [a], references: [id])",
        "@default(autoincrement())",
        "@default(dbgenerated(\"",
        "@db.VarChar(10)",
        "String?",
        "Int[]",
        "B @relation(\"r\")",
        "@@id([a, b])\n",
        "@@unique([a], name: \"n\")\n",
        "//",
        "///",
        "/*",
        "*/",
        "\"",
        "\\\"",
        "\\u0022",
        "\\n",
        "\\",
        "env(",
        "(",
        ")",
        "{",
        "\n",
        "\r\n",
        "\u2028",
        " ",
        "=",
        ",",
        ":",
        "@",
        "@@",
        "?",
        "!",
        "\u0000",
        "\ud800",
    };

    private SchemaFuzz() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        StringBuilder schema = new StringBuilder();
        for (int parts = data.consumeInt(1, 24); parts > 0; parts--) {
            int choice = data.consumeInt(0, FRAGMENTS.length);
            schema.append(choice < FRAGMENTS.length ? FRAGMENTS[choice] : data.consumeString(8));
        }
        try {
            SchemaDefinition.of(schema.toString());
        } catch (SchemaException e) {
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new IllegalStateException("no reason", e);
            }
        }
    }
}
