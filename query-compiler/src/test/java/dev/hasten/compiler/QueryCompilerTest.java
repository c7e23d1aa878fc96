package dev.hasten.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryCompilerTest {
    @Test
    void aSchemaInTheSyntaxOfPrisma5And6IsAccepted() throws Exception {
        String schema = """
                generator client {
                  provider        = "prisma-client-js"
                  previewFeatures = ["multiSchema", "views", "fullTextSearch", "extendedWhereUnique", "noSuchFeature"]
                  binaryTargets   = ["native", "rhel-openssl-3.0.x"]
                  engineType      = "library"
                }
                generator zod {
                  provider = "zod-prisma-types"
                }
                datasource db {
                  provider          = "postgresql"
                  url               = env("DATABASE_URL")
                  directUrl         = env("DIRECT_URL")
                  shadowDatabaseUrl = "postgresql://localhost/shadow" // a comment
                  relationMode      = "prisma"
                  extensions        = [pgcrypto, postgis(version: "2.1"), uuid_ossp(map: "uuid-ossp")]
                  schemas           = ["base", "other"]
                }
                model A {
                  id   String   @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid
                  text String   @db.VarChar(10)
                  at   DateTime @db.Timestamptz(6)
                  kind Kind
                  @@index([text], type: Gin)
                  @@schema("other")
                }
                enum Kind {
                  X
                  @@schema("base")
                }
                view V {
                  id Int @unique
                  @@schema("other")
                }
                """;

        try (QueryCompiler compiler = QueryCompiler.open(SchemaDefinition.of(schema), null)) {
            assertThat(compile(compiler, findMany("A", "{}"))).contains("\\\"other\\\".\\\"A\\\"");
            assertThat(compile(compiler, findMany("V", "{}"))).contains("\\\"other\\\".\\\"V\\\"");
            assertThat(compile(compiler, findMany("A", "{\"text\":{\"search\":\"cat\"}}")))
                    .contains("to_tsquery");
        }
    }

    @Test
    void deletesAreEmulatedIfTheSchemaRequiresIt() throws Exception {
        String schema = """
                datasource db {
                  provider = "postgresql"%s
                }
                model A {
                  id Int @id
                  bs B[]
                }
                model B {
                  id  Int @id
                  aId Int
                  a   A   @relation(fields: [aId], references: [id], onDelete: Cascade)
                }
                """;
        String delete = """
                {"modelName":"A","action":"deleteMany","query":{"arguments":{},"selection":{"count":true}}}""";

        try (QueryCompiler foreignKeys = QueryCompiler.open(SchemaDefinition.of(schema.formatted("")), null);
                QueryCompiler emulated = QueryCompiler.open(
                        SchemaDefinition.of(schema.formatted("\n  relationMode = \"prisma\"")), null)) {
            assertThat(compile(foreignKeys, delete)).doesNotContain("\\\"B\\\"");
            assertThat(compile(emulated, delete)).contains("DELETE FROM \\\"public\\\".\\\"B\\\"");
        }
    }

    @Test
    void theDatabasesSchemaNameIsInTheStatements() throws Exception {
        try (QueryCompiler compiler = QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), "tenant 7")) {
            assertThat(compile(compiler, findMany("A", "{}"))).contains("FROM \\\"tenant 7\\\".\\\"A\\\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mysql", "sqlite", "cockroachdb", "sqlserver", "mongodb", ""})
    void anotherDatabaseIsRefused(String provider) {
        assertThatThrownBy(() -> QueryCompiler.open(
                        SchemaDefinition.of(PrismaSchemas.SMALL.replace("postgresql", provider)), null))
                .isInstanceOf(SchemaException.class)
                .hasMessage("The schema's datasource has the provider \"%s\". Hasten supports only \"postgresql\"."
                        .formatted(provider));
    }

    @Test
    void aRejectionHasTheCompilersMessageCodeAndMeta() throws Exception {
        try (QueryCompiler compiler = QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null)) {
            CompileException unknownField =
                    catchThrowableOfType(CompileException.class, () -> compiler.compile(findMany("A", "{\"nope\":1}")));
            assertThat(unknownField).hasMessage("`findManyA.where.nope`: Field does not exist in enclosing type.");
            assertThat(unknownField.code()).isEqualTo("P2009");
            assertThat(String.valueOf(unknownField.meta())).contains("\"kind\":\"UnknownInputField\"");

            CompileException noJson = catchThrowableOfType(CompileException.class, () -> compiler.compile("{"));
            assertThat(noJson).hasMessageStartingWith("JSON Error: ");
            assertThat(noJson.code()).isNull();
            assertThat(noJson.meta()).isNull();
            assertThat(compiler.isBroken()).isFalse();
        }
    }

    @Test
    void manyCallsLeaveNothingBehind() throws Exception {
        try (QueryCompiler compiler = QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null)) {
            Runnable calls = () -> {
                for (int i = 0; i < 250; i++) {
                    compile(compiler, findMany("A", "{\"id\":%d,\"name\":\"%s\"}".formatted(i, "x".repeat(i))));
                    assertThatThrownBy(() -> compiler.compile(findMany("A", "{\"nope\":1}")))
                            .isInstanceOf(CompileException.class);
                }
            };
            calls.run();
            long memory = compiler.memoryBytes();
            int references = compiler.references();

            calls.run();
            assertThat(compiler.memoryBytes()).isEqualTo(memory).isLessThan(4 << 20);
            assertThat(compiler.references()).isEqualTo(references).isLessThan(100);
        }
    }

    @Test
    void threadsOfAnyKindShareAnInstanceAndInstancesAreIndependent() throws Exception {
        List<QueryCompiler> compilers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            compilers.add(QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), "schema" + i));
        }
        List<String> expected = new ArrayList<>();
        for (QueryCompiler compiler : compilers) {
            expected.add(compile(compiler, findMany("A", "{\"id\":4711}")));
        }
        assertThat(expected).doesNotHaveDuplicates();

        try (ExecutorService platform = Executors.newFixedThreadPool(4);
                ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> responses = IntStream.range(0, 600)
                    .mapToObj(i -> (i % 2 == 0 ? platform : virtual)
                            .submit(() -> compile(compilers.get(i % 3), findMany("A", "{\"id\":%d}".formatted(i)))))
                    .toList();
            for (int i = 0; i < responses.size(); i++) {
                assertThat(responses.get(i).get()).isEqualTo(expected.get(i % 3).replace("4711", String.valueOf(i)));
            }
        }
        compilers.forEach(QueryCompiler::close);
    }

    @Test
    void anInterruptedCallerGetsNoPlanAndBreaksNothing() throws Exception {
        try (QueryCompiler compiler = QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> compiler.compile(findMany("A", "{}"))).isInstanceOf(InterruptedException.class);
            assertThat(compiler.isBroken()).isFalse();
            assertThat(compile(compiler, findMany("A", "{}"))).startsWith("{");
        }
    }

    @Test
    void aClosedCompilerRejectsCalls() throws Exception {
        QueryCompiler compiler = QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null);
        compiler.close();
        compiler.close();
        assertThatThrownBy(() -> compiler.compile(findMany("A", "{}"))).isInstanceOf(IllegalStateException.class);
        assertThat(compiler.memoryBytes()).isZero();
    }

    @Test
    void theFirstQueryAfterWarmingUpLoadsHardlyAnyClasses() throws Exception {
        assertThat(classesLoadedByTheFirstQuery("warm") * 10).isLessThan(classesLoadedByTheFirstQuery("cold"));
    }

    /** In a new process, because this one may have loaded the classes already. */
    private static int classesLoadedByTheFirstQuery(String state) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstQuery.class.getName(),
                        state)
                .redirectError(Redirect.INHERIT)
                .start();
        return Integer.parseInt(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** Compiles a query and prints how many classes that loaded. */
    static final class FirstQuery {
        private FirstQuery() {}

        public static void main(String[] arguments) throws Exception {
            ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
            SchemaDefinition schema = SchemaDefinition.of(PrismaSchemas.SMALL);
            if (arguments[0].equals("warm")) {
                QueryCompiler.warmUp();
            }
            long before = classes.getTotalLoadedClassCount();
            try (QueryCompiler compiler = QueryCompiler.open(schema, null)) {
                compiler.compile(findMany("A", "{\"id\":1}"));
            }
            System.out.print(classes.getTotalLoadedClassCount() - before);
        }
    }

    private static String compile(QueryCompiler compiler, String request) {
        try {
            return compiler.compile(request).toString();
        } catch (CompileException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static String findMany(String model, String where) {
        return """
                {"modelName":"%s","action":"findMany","query":{"arguments":{"where":%s},"selection":{"$scalars":true}}}""".formatted(model, where);
    }
}
