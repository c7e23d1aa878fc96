package dev.hasten.compiler;

import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import dev.hasten.compiler.JsHeap.Primitive;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A WebAssembly instance for one schema. Must be used by only one thread at a time. After any outcome other than a
 * result or a {@link CompileException}, the state of its memory is undefined and it must not be used again.
 */
final class WasmCompiler {
    private final Instance instance;

    private final TableInstance references;
    private final JsHeap heap = new JsHeap();
    private final JsImports imports = new JsImports(heap);
    private long compiler;

    WasmCompiler(int maxPages) {
        instance = QueryCompilerModule.instantiate(imports, maxPages);
        references = instance.exports().table(QueryCompilerModule.REFERENCES);
    }

    /**
     * Reads the schema. Must be called once, before any other method.
     *
     * @throws SchemaException with the compiler's message if it rejects the schema
     */
    void open(String schema, @Nullable String schemaName) throws SchemaException {
        instance.export("__wbindgen_start").apply();
        Map<String, Object> connectionInfo = new LinkedHashMap<>();
        if (schemaName != null) {
            connectionInfo.put("schemaName", schemaName);
        }
        connectionInfo.put("supportsRelationJoins", true);
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("datamodel", schema);
        parameters.put("provider", "postgres");
        parameters.put("connectionInfo", connectionInfo);
        long[] result = instance.export("querycompiler_new").apply(heap.add(parameters));
        if (result[2] != 0) {
            throw new SchemaException(text(error(result[1]).get("message")));
        }
        compiler = result[0];
        heap.sweep(references);
    }

    JsonNode compile(String request) throws CompileException {
        return call("querycompiler_compile", request);
    }

    JsonNode compileBatch(String request) throws CompileException {
        return call("querycompiler_compileBatch", request);
    }

    /** The compiler's panic message; null if it has not panicked. */
    @Nullable
    String panic() {
        return imports.panic();
    }

    /** The size of its memory, in pages of 64 KiB. */
    int pages() {
        return instance.memory().pages();
    }

    /** The number of JavaScript values that are still referenced. */
    int references() {
        return heap.size();
    }

    private JsonNode call(String name, String request) throws CompileException {
        byte[] bytes = request.getBytes(StandardCharsets.UTF_8);
        ExportFunction function = instance.export(name);
        long[] result = function.apply(compiler, JsImports.allocate(instance, bytes), bytes.length);
        try {
            if (result[2] == 0) {
                return JsTree.of(take(result[0]));
            }
            Map<?, ?> error = error(result[1]);
            Object meta = error.get("meta");
            throw new CompileException(
                    text(error.get("message")),
                    error.get("code") instanceof String code ? code : null,
                    meta == null || meta == Primitive.UNDEFINED ? null : JsTree.of(meta));
        } finally {
            heap.sweep(references);
        }
    }

    /** Returns the value in a slot of the table and releases the slot. */
    private Object take(long index) {
        Object value = heap.get(references.requiredRef((int) index));
        instance.export("__externref_table_dealloc").apply(index);
        return value;
    }

    private Map<?, ?> error(long index) {
        return take(index) instanceof Map<?, ?> error ? error : Map.of();
    }

    private static String text(@Nullable Object message) {
        return message instanceof String text ? text : "The query compiler returned no error message";
    }
}
