package dev.hasten.compiler;

import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The translated WebAssembly: bytecode in the classes {@code Wasm*}, data and types in a file next to them. Both are
 * generated; see {@code prepare} in the directory of this module.
 */
final class QueryCompilerModule {
    /** The exported table with the compiler's references to JavaScript values. */
    static final String REFERENCES = "__wbindgen_externrefs";

    private static final WasmModule MODULE = parse();

    private QueryCompilerModule() {}

    /**
     * Creates a new instance with its own memory.
     *
     * @param maxPages maximum size of its memory in pages of 64 KiB
     */
    static Instance instantiate(JsImports imports, int maxPages) {
        int initialPages =
                MODULE.memorySection().orElseThrow().getMemory(0).limits().initialPages();
        return Instance.builder(MODULE)
                .withImportValues(imports.of(MODULE))
                .withMachineFactory(WasmMachine::new)
                .withMemoryLimits(new MemoryLimits(initialPages, Math.max(initialPages, maxPages)))
                // 25% faster here than Chicory's default.
                .withMemoryFactory(ByteArrayMemory::new)
                .withTableFactory(QueryCompilerModule::table)
                .build();
    }

    /**
     * Creates a table with its own limits. A table modifies its limits when it grows, and the module's limits are
     * shared by all instances.
     */
    private static TableInstance table(Table table, int initialValue) {
        TableLimits limits =
                new TableLimits(table.limits().min(), table.limits().max());
        return new TableInstance(new Table(table.elementType(), limits, table.initialize()), initialValue);
    }

    private static WasmModule parse() {
        try (InputStream file = QueryCompilerModule.class.getResourceAsStream("Wasm.meta")) {
            if (file == null) {
                throw new IllegalStateException("This build does not contain the query compiler");
            }
            return Parser.parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
