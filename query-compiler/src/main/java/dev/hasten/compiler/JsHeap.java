package dev.hasten.compiler;

import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The JavaScript values that one WebAssembly instance can refer to. WebAssembly sees them as opaque references, which in
 * Chicory are numbers: the slots of this heap.
 *
 * <p>A JavaScript engine would collect values by itself. Here they live until the end of a call from outside, when only
 * the instance's own table of references can still hold any ({@link #sweep}).
 *
 * <p>Values: {@link Primitive}, Boolean, Double, BigInteger, String, {@code List<Object>}, {@code Map<String, Object>}.
 */
final class JsHeap {
    /** The values that Java has no class of their own for. */
    enum Primitive {
        UNDEFINED,
        NULL
    }

    /** More slots than this are given back after a call. */
    private static final int KEPT_SLOTS = 1 << 14;

    private List<Object> values = new ArrayList<>();
    private final BitSet live = new BitSet();
    private int next;

    /** Gives the value a slot until the next sweep. */
    int add(Object value) {
        int slot = live.nextClearBit(next);
        next = slot + 1;
        if (slot < values.size()) {
            values.set(slot, value);
        } else {
            values.add(value);
        }
        return slot;
    }

    /** @throws IndexOutOfBoundsException if the slot was never given, which only a broken instance asks for */
    Object get(long slot) {
        return slot == Value.REF_NULL_VALUE ? Primitive.NULL : values.get(Math.toIntExact(slot));
    }

    /** Forgets all values that the table does not hold. */
    void sweep(TableInstance table) {
        live.clear();
        for (int i = 0; i < table.size(); i++) {
            int slot = table.ref(i);
            if (slot != Value.REF_NULL_VALUE) {
                live.set(slot);
            }
        }
        int kept = live.length();
        values.subList(kept, values.size()).clear();
        if (next > KEPT_SLOTS) {
            values = new ArrayList<>(values);
        }
        for (int slot = live.nextClearBit(0); slot < kept; slot = live.nextClearBit(slot + 1)) {
            values.set(slot, Primitive.UNDEFINED);
        }
        next = 0;
    }

    /** How many values survived the last sweep. */
    int size() {
        return live.cardinality();
    }
}
