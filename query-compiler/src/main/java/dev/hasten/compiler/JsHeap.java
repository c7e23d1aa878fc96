package dev.hasten.compiler;

import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.types.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The JavaScript values that one WebAssembly instance refers to. For WebAssembly they are opaque references; in Chicory
 * references are numbers, here the slots of this heap.
 *
 * <p>A JavaScript engine would garbage-collect values. Here they are kept until the end of a call from outside, when
 * only the instance's reference table can still refer to any ({@link #sweep}).
 *
 * <p>Values: {@link Primitive}, Boolean, Double, BigInteger, String, {@code List<Object>}, {@code Map<String, Object>}.
 */
final class JsHeap {
    /** Values without a corresponding Java class. */
    enum Primitive {
        UNDEFINED,
        NULL
    }

    /** If a call used more slots than this, their memory is released after the call. */
    private static final int KEPT_SLOTS = 1 << 14;

    private List<Object> values = new ArrayList<>();
    private final BitSet live = new BitSet();
    private int next;

    /** Stores the value in a slot until the next sweep. */
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

    /** @throws IndexOutOfBoundsException if the slot was never assigned, which only a corrupted instance can request */
    Object get(long slot) {
        return slot == Value.REF_NULL_VALUE ? Primitive.NULL : values.get(Math.toIntExact(slot));
    }

    /** Removes all values that the table does not refer to. */
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

    /** The number of values that were kept by the last sweep. */
    int size() {
        return live.cardinality();
    }
}
