package dev.hasten.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.BufferedReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares the compiler on the JVM with the same compiler in Node, for the requests of {@code corpus.mjs}. */
class NodeReferenceTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final List<JsonNode> REFERENCE = new ArrayList<>();

    @AutoClose
    private static @Nullable QueryCompiler compiler;

    @BeforeAll
    static void askNode() throws Exception {
        Process node = new ProcessBuilder(
                        "node",
                        "src/test/node/reference.mjs",
                        PrismaSchemas.CONFORMANCE.toString(),
                        "node_modules/@prisma/query-compiler-wasm")
                .redirectError(Redirect.INHERIT)
                .start();
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().map(JSON::readTree).forEach(REFERENCE::add);
        }
        assertThat(node.waitFor()).isZero();
        compiler = QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.conformance()), null);
    }

    @Test
    void theCorpusIsLarge() {
        assertThat(REFERENCE).hasSizeGreaterThan(250);
        assertThat(REFERENCE).filteredOn(line -> line.has("error")).hasSizeGreaterThan(40);
        assertThat(REFERENCE).filteredOn(line -> line.path("batch").asBoolean()).hasSizeGreaterThan(12);
    }

    @TestFactory
    Stream<DynamicTest> everyResponseIsTheSameAsInNode() {
        return REFERENCE.stream().map(line -> dynamicTest(line.path("name").asString(), () -> compare(line)));
    }

    private static void compare(JsonNode line) throws Exception {
        QueryCompiler running = Objects.requireNonNull(compiler);
        String request = line.path("request").asString();
        JsonNode error = line.path("error");
        try {
            JsonNode response = line.path("batch").asBoolean()
                    ? running.compileBatch(request, CompilerMemory.UNCOUNTED)
                    : running.compile(request);
            assertThat(response.toString()).isEqualTo(normalized(line.path("answer")));
        } catch (CompileException e) {
            if (error.isMissingNode()) {
                fail("refused", e);
            }
            assertThat(e).hasMessage(error.path("message").asString());
            assertThat(e.code()).isEqualTo(error.path("code").asStringOpt().orElse(null));
            assertThat(String.valueOf(e.meta())).isEqualTo(normalized(error.path("meta")));
        } catch (CompilerPanicException e) {
            assertThat(e.detail()).isEqualTo(line.path("panic").asStringOpt().orElse(null));
            assertThat(running.isBroken()).isTrue();
            compiler = QueryCompiler.open(SchemaDefinition.of(PrismaSchemas.conformance()), null);
        }
    }

    /** Jackson's text for JSON from Node. */
    private static String normalized(JsonNode text) {
        return text.isMissingNode() ? "null" : JSON.readTree(text.asString()).toString();
    }
}
