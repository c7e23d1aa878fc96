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
 * The translated WebAssembly: bytecode in the classes {@code Wasm*}, data and types in a file beside them. Both are
 * generated, see {@code prepare} in this module's directory.
 */
final class QueryCompilerModule {
    /** The export that holds the compiler's references to JavaScript values. */
    static final String REFERENCES = "__wbindgen_externrefs";

    private static final WasmModule MODULE = parse();

    private QueryCompilerModule() {}

    /**
     * A new instance with memory of its own.
     *
     * @param maxPages how far its memory may grow, in pages of 64 KiB
     */
    static Instance instantiate(JsImports imports, int maxPages) {
        int initialPages =
                MODULE.memorySection().orElseThrow().getMemory(0).limits().initialPages();
        return Instance.builder(MODULE)
                .withImportValues(imports.of(MODULE))
                .withMachineFactory(WasmMachine::new)
                .withMemoryLimits(new MemoryLimits(initialPages, Math.max(initialPages, maxPages)))
                // A quarter faster here than Chicory's default.
                .withMemoryFactory(ByteArrayMemory::new)
                .withTableFactory(QueryCompilerModule::table)
                .build();
    }

    /** A table writes its growth into the limits it was made from, which all instances would share. */
    private static TableInstance table(Table table, int initialValue) {
        TableLimits limits =
                new TableLimits(table.limits().min(), table.limits().max());
        return new TableInstance(new Table(table.elementType(), limits, table.initialize()), initialValue);
    }

    private static WasmModule parse() {
        try (InputStream file = QueryCompilerModule.class.getResourceAsStream("Wasm.meta")) {
            if (file == null) {
                throw new IllegalStateException("The query compiler is missing in this build");
            }
            return Parser.parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
