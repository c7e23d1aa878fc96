package dev.hasten.compiler;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import dev.hasten.compiler.JsHeap.Primitive;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the compiler imports: the operations on JavaScript values that wasm-bindgen generates calls of. Their meaning is
 * in the package's own {@code query_compiler_small_bg.js}.
 *
 * <p>Their names end in a hash that changes with the versions of the compiler's libraries. Functions are known by the
 * rest of the name and, where that is not enough, by their type; where that is not either, by the hash. An unknown one is
 * refused before the compiler runs.
 */
final class JsImports {
    private static final int HASH = "_0123456789abcdef".length();
    private static final long NOTHING = 0;
    /** What wasm-bindgen takes for "not a boolean". */
    private static final long NO_BOOLEAN = 0xFFFFFF;

    private static final double MAX_SAFE_INTEGER = 0x1p53 - 1;

    /** An error that JavaScript would have thrown through WebAssembly. */
    static final class JsError extends RuntimeException {
        private static final long serialVersionUID = 1;

        JsError(String message) {
            super(message);
        }
    }

    @FunctionalInterface
    private interface Operation {
        /** Returns a number's bits, what {@link Call#reference} gave, or {@link #NOTHING}. */
        long apply(Call call);
    }

    /** The arguments of one call. */
    private static final class Call {
        private final Instance instance;
        private final JsHeap heap;
        private final long[] arguments;

        Call(Instance instance, JsHeap heap, long[] arguments) {
            this.instance = instance;
            this.heap = heap;
            this.arguments = arguments;
        }

        Instance instance() {
            return instance;
        }

        long bits(int argument) {
            return arguments[argument];
        }

        int number(int argument) {
            return (int) arguments[argument];
        }

        Object value(int argument) {
            return heap.get(arguments[argument]);
        }

        /** A string that is passed as its address and its length. */
        String string(int address) {
            return new String(
                    instance.memory().readBytes(number(address), number(address + 1)), StandardCharsets.UTF_8);
        }

        @SuppressWarnings("unchecked") // all maps are made here
        Map<String, Object> object(int argument) {
            return (Map<String, Object>) value(argument);
        }

        @SuppressWarnings("unchecked") // all lists are made here
        List<Object> array(int argument) {
            return (List<Object>) value(argument);
        }

        long reference(Object value) {
            return heap.add(value);
        }

        /** Writes where a new string lies, and its length; zeros for none. */
        long answerString(@Nullable String text) {
            byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
            int address = text == null ? 0 : allocate(instance, bytes);
            Memory memory = instance.memory();
            memory.writeI32(number(0), address);
            memory.writeI32(number(0) + 4, bytes.length);
            return NOTHING;
        }
    }

    private final JsHeap heap;
    private @Nullable String panic;

    JsImports(JsHeap heap) {
        this.heap = heap;
    }

    /** What the compiler said about its panic; null if it has not panicked. */
    @Nullable
    String panic() {
        return panic;
    }

    /** @throws IllegalStateException for an import that is not known here */
    ImportValues of(WasmModule module) {
        ImportValues.Builder imports = ImportValues.builder();
        for (int i = 0; i < module.importSection().importCount(); i++) {
            if (!(module.importSection().getImport(i) instanceof FunctionImport function)) {
                throw new IllegalStateException("The query compiler imports something that is no function");
            }
            FunctionType type = module.typeSection().getType(function.typeIndex());
            Operation operation = operation(function.name(), type);
            boolean answers = !type.returns().isEmpty();
            imports.addFunction(new HostFunction(function.module(), function.name(), type, (instance, arguments) -> {
                long result = operation.apply(new Call(instance, heap, arguments));
                return answers ? new long[] {result} : new long[0];
            }));
        }
        return imports.build();
    }

    /** Copies bytes into memory of the compiler's own, which it will free. Returns the address. */
    static int allocate(Instance instance, byte[] bytes) {
        int address = (int) instance.export("__wbindgen_malloc").apply(bytes.length, 1)[0];
        instance.memory().write(address, bytes);
        return address;
    }

    private Operation operation(String name, FunctionType type) {
        return switch (name) {
            case "__wbindgen_init_externref_table" -> JsImports::initialize;
            case "__wbg_new_1acc0b6eea89d040" -> call -> call.reference(new LinkedHashMap<String, Object>());
            case "__wbg_new_e17d9f43105b08be" -> call -> call.reference(new ArrayList<>());
            case "__wbg_new_68651c719dcda04e" -> unused("Map");
            case "__wbindgen_cast_9ae0607507abb057" -> call -> call.reference(BigInteger.valueOf(call.bits(0)));
            case "__wbindgen_cast_4625c577ab2ec9ee" ->
                call -> call.reference(new BigInteger(Long.toUnsignedString(call.bits(0))));
            default ->
                operation(name.substring(0, Math.max(0, name.length() - HASH)), name, type.params(), type.returns());
        };
    }

    private Operation operation(String known, String name, List<ValType> takes, List<ValType> gives) {
        return switch (known) {
            case "__wbg___wbindgen_is_undefined" -> test(value -> value == Primitive.UNDEFINED);
            case "__wbg___wbindgen_is_string" -> test(value -> value instanceof String);
            case "__wbg___wbindgen_is_object" -> test(value -> value instanceof Map || value instanceof List);
            case "__wbg_instanceof_Uint8Array", "__wbg_instanceof_ArrayBuffer" -> test(value -> false);
            case "__wbg_isSafeInteger" ->
                test(value -> value instanceof Double d && d == Math.rint(d) && Math.abs(d) <= MAX_SAFE_INTEGER);
            case "__wbg___wbindgen_boolean_get" ->
                call -> call.value(0) instanceof Boolean b ? (b ? 1 : 0) : NO_BOOLEAN;
            case "__wbg___wbindgen_number_get" ->
                call -> {
                    Memory memory = call.instance().memory();
                    boolean present = call.value(1) instanceof Double;
                    memory.writeF64(call.number(0) + 8, present ? (Double) call.value(1) : 0);
                    memory.writeI32(call.number(0), present ? 1 : 0);
                    return NOTHING;
                };
            case "__wbg___wbindgen_string_get" ->
                call -> call.answerString(call.value(1) instanceof String s ? s : null);
            case "__wbg_String" -> call -> call.answerString(String.valueOf(call.value(1)));
            // For messages of its own; the value itself is nobody's business there.
            case "__wbg___wbindgen_debug_string" ->
                call -> call.answerString(call.value(1).getClass().getSimpleName());
            case "__wbg___wbindgen_in" -> call -> call.object(1).containsKey(call.value(0)) ? 1 : 0;
            case "__wbg___wbindgen_jsval_loose_eq" -> call -> looselyEqual(call.value(0), call.value(1)) ? 1 : 0;
            case "__wbg_get_with_ref_key" ->
                call -> call.reference(call.object(0).getOrDefault(call.value(1), Primitive.UNDEFINED));
            case "__wbg_entries" ->
                call -> {
                    List<Object> entries = new ArrayList<>();
                    call.object(0).forEach((key, value) -> entries.add(List.of(key, value)));
                    return call.reference(entries);
                };
            case "__wbg_length" -> call -> call.array(0).size();
            case "__wbg_get" -> call -> call.reference(call.array(0).get(call.number(1)));
            case "__wbg_set" -> {
                if (takes.equals(List.of(ValType.ExternRef, ValType.I32, ValType.ExternRef))) {
                    yield call -> {
                        setElement(call.array(0), call.number(1), call.value(2));
                        return NOTHING;
                    };
                }
                yield gives.isEmpty()
                        ? call -> {
                            call.object(0).put((String) call.value(1), call.value(2));
                            return NOTHING;
                        }
                        : unused("Map.set");
            }
            case "__wbg_new" -> unused("Uint8Array");
            case "__wbg_prototypesetcall" -> unused("Uint8Array.set");
            case "__wbg_Number" -> unused("Number");
            case "__wbg_new_0" -> call -> call.reference((double) System.currentTimeMillis());
            case "__wbg_getTime" -> call -> Double.doubleToRawLongBits((Double) call.value(0));
            case "__wbg_Error" -> call -> call.reference(new LinkedHashMap<>(Map.of("message", call.string(0))));
            case "__wbg_set_message" ->
                call -> {
                    panic = call.string(0);
                    return NOTHING;
                };
            case "__wbg___wbindgen_throw" ->
                call -> {
                    throw new JsError(call.string(0));
                };
            case "__wbindgen_cast" -> {
                if (takes.equals(List.of(ValType.I32, ValType.I32))) {
                    yield call -> call.reference(call.string(0));
                }
                if (takes.equals(List.of(ValType.F64))) {
                    yield call -> call.reference(Double.longBitsToDouble(call.bits(0)));
                }
                throw unknown(name);
            }
            default -> throw unknown(name);
        };
    }

    private static Operation test(Predicate<Object> predicate) {
        return call -> predicate.test(call.value(0)) ? 1 : 0;
    }

    /** The compiler links it with its libraries, but nothing that it does gets there. */
    private static Operation unused(String name) {
        return call -> {
            throw new JsError("unexpected call of " + name);
        };
    }

    private static IllegalStateException unknown(String name) {
        return new IllegalStateException("The query compiler imports the unknown function " + name);
    }

    /** The four constants, where wasm-bindgen's generated code expects them: at the table's end, and again at 0. */
    private static long initialize(Call call) {
        TableInstance table = call.instance().exports().table(QueryCompilerModule.REFERENCES);
        int undefined = (int) call.reference(Primitive.UNDEFINED);
        int offset = table.grow(4, undefined, call.instance());
        table.setRef(0, undefined, call.instance());
        table.setRef(offset + 1, (int) call.reference(Primitive.NULL), call.instance());
        table.setRef(offset + 2, (int) call.reference(true), call.instance());
        table.setRef(offset + 3, (int) call.reference(false), call.instance());
        return NOTHING;
    }

    private static boolean looselyEqual(Object a, Object b) {
        return a.equals(b) || (a instanceof Primitive && b instanceof Primitive);
    }

    private static void setElement(List<Object> array, int index, Object value) {
        while (array.size() < index) {
            array.add(Primitive.UNDEFINED);
        }
        if (index == array.size()) {
            array.add(value);
        } else {
            array.set(index, value);
        }
    }
}
