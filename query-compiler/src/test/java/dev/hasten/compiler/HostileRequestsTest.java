package dev.hasten.compiler;

import static dev.hasten.compiler.CompilerMemory.UNCOUNTED;
import static dev.hasten.compiler.QueryCompilerTest.findMany;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.hasten.compiler.QueryCompiler.Limits;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Malicious requests cause an exception, and the next request works. */
class HostileRequestsTest {
    private static final Limits PATIENT = new Limits(1024, Duration.ofMinutes(5));
    private static final Limits SMALL = new Limits(32, Duration.ofMinutes(1));

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"AND\":", "{\"NOT\":[", "[[{\"a\":"})
    void endlessNestingIsRejectedWithoutSideEffects(String nesting) throws Exception {
        try (QueryCompiler compiler =
                QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null, SMALL, UNCOUNTED)) {
            assertThatThrownBy(() -> compiler.compile(findMany("A", nesting.repeat(1_000_000))))
                    .isInstanceOf(CompileException.class)
                    .hasMessageStartingWith("JSON Error: recursion limit exceeded");
            assertThat(compiler.compile(findMany("A", "{}"))).isNotEmpty();
        }
    }

    @Test
    void theDeepestAllowedNestingCompiles() throws Exception {
        try (QueryCompiler compiler =
                QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null, SMALL, UNCOUNTED)) {
            assertThat(compiler.compile(findMany("A", "{\"AND\":".repeat(120) + "{}" + "}".repeat(120))))
                    .isNotEmpty();
        }
    }

    @Test
    void memoryOfARequestIsReleased() throws Exception {
        try (QueryCompiler compiler = QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null)) {
            JsonNode plan = compiler.compile(findMany("A", "{\"name\":\"%s\"}".formatted("x".repeat(16 << 20))));

            assertThat(plan.toString()).hasSizeGreaterThan(16 << 20);
            assertThat(compiler.memoryBytes()).isZero();
            assertThat(compiler.compile(findMany("A", "{}"))).isNotEmpty();
            assertThat(compiler.memoryBytes()).isPositive().isLessThan(4 << 20);
        }
    }

    @Test
    void exceedingTheMemoryLimitOnlyBreaksThatInstance() throws Exception {
        String long16Mb = findMany("A", "{\"name\":\"%s\"}".formatted("x".repeat(16 << 20)));
        String manyIds = findMany(
                "A",
                IntStream.range(0, 200_000)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(",", "{\"id\":{\"in\":[", "]}}")));
        try (QueryCompiler other =
                QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null, SMALL, UNCOUNTED)) {
            for (String request : new String[] {long16Mb, manyIds}) {
                assertBreaks(request, SMALL, "The query compiler crashed");
            }
            assertThat(other.compile(findMany("A", "{}"))).isNotEmpty();
        }
    }

    /** Returns a query that takes hours to compile. */
    private static String hours() {
        return findMany(
                "A",
                IntStream.range(0, 100_000)
                        .mapToObj("{\"id\":%d}"::formatted)
                        .collect(Collectors.joining(",", "{\"OR\":[", "]}")));
    }

    private static boolean isAtWork() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("query-compiler"));
    }

    @Test
    void interruptOfTheCallerStopsTheCompilation() throws Exception {
        try (QueryCompiler compiler =
                QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null, PATIENT, UNCOUNTED)) {
            FutureTask<JsonNode> call = new FutureTask<>(() -> compiler.compile(hours()));
            Thread caller = Thread.startVirtualThread(call);
            await().until(HostileRequestsTest::isAtWork);
            caller.interrupt();
            assertThatThrownBy(call::get).hasCauseInstanceOf(InterruptedException.class);
            assertThat(isAtWork()).isFalse();
            assertThat(compiler.compile(findMany("A", "{}"))).isNotEmpty();
        }
    }

    @Test
    void refusedMemoryStopsTheCompilation() throws Exception {
        try (QueryCompiler compiler =
                QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null, PATIENT, UNCOUNTED)) {
            assertThatThrownBy(() -> compiler.compile(hours(), bytes -> {
                        if (bytes > 8 << 20) {
                            throw new ArithmeticException("refused");
                        }
                    }))
                    .hasMessage("refused");
            assertThat(isAtWork()).isFalse();
            assertThat(compiler.memoryBytes()).isZero();
            assertThat(compiler.compile(findMany("A", "{}"))).isNotEmpty();
        }
    }

    @Test
    void exceededTimeLimitEndsTheCall() throws Exception {
        // Opening has the same limit, so the classes must already be loaded.
        QueryCompiler.warmUp();
        assertBreaks(
                hours(),
                new Limits(1024, Duration.ofMillis(500)),
                "The query compiler took longer than the limit of 500 ms (schemas.max_compile_time)");
    }

    @Test
    void aPanicDoesNotRevealTheQuery() throws Exception {
        String invalid = """
                {"modelName":"A","action":"createOne","query":{"arguments":{"data":{"id":1,
                "data":{"$type":"Json","value":"secret"}}},"selection":{"$scalars":true}}}""";
        CompilerPanicException panic = assertBreaks(invalid, SMALL, "The query compiler crashed");
        assertThat(panic.location()).matches("panicked at [\\w/.@-]+\\.rs:\\d+:\\d+");
    }

    @Test
    void anEndlesslyNestedSchemaIsAPanic() {
        String schema = PrismaSchemas.SMALL.replace("String?", "String @default(" + "f(".repeat(20_000) + ")");
        assertThatThrownBy(() -> QueryCompiler.open(SchemaDefinition.of(schema), null, SMALL, UNCOUNTED))
                .isInstanceOf(CompilerPanicException.class)
                .hasMessage("The query compiler crashed");
    }

    private static CompilerPanicException assertBreaks(String request, Limits limits, String message) throws Exception {
        try (QueryCompiler compiler =
                QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.SMALL), null, limits, UNCOUNTED)) {
            CompilerPanicException panic =
                    catchThrowableOfType(CompilerPanicException.class, () -> compiler.compile(request));
            assertThat(panic).hasMessage(message);
            assertThat(compiler.isBroken()).isTrue();
            assertThat(compiler.memoryBytes()).isZero();
            assertThatThrownBy(() -> compiler.compile(findMany("A", "{}"))).isInstanceOf(CompilerPanicException.class);
            return panic;
        }
    }
}
