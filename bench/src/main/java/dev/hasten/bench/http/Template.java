package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** A text with slots, as bytes. The constant parts are encoded only once. */
public final class Template {
    /** The parts before, between and after the slots: one more than there are slots. */
    private final byte[][] texts;

    private final Slot[] slots;
    private final int fixedLength;

    private Template(List<byte[]> texts, List<Slot> slots) {
        this.texts = texts.toArray(byte[][]::new);
        this.slots = slots.toArray(Slot[]::new);
        this.fixedLength = texts.stream().mapToInt(text -> text.length).sum();
    }

    /** Parses a text with placeholders such as {@code @ID}. Any other {@code @} is plain text. */
    public static Template of(String text) {
        List<byte[]> texts = new ArrayList<>();
        List<Slot> slots = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
            for (Slot slot : Slot.values()) {
                if (text.startsWith(slot.placeholder(), at)) {
                    texts.add(text.substring(from, at).getBytes(UTF_8));
                    slots.add(slot);
                    from = at + slot.placeholder().length();
                }
            }
        }
        texts.add(text.substring(from).getBytes(UTF_8));
        return new Template(texts, slots);
    }

    int length(Values values) {
        int length = fixedLength;
        for (Slot slot : slots) {
            length += values.length(slot);
        }
        return length;
    }

    void write(ByteBuf out, Values values) {
        for (int i = 0; i < slots.length; i++) {
            out.writeBytes(texts[i]);
            values.write(slots[i], out);
        }
        out.writeBytes(texts[slots.length]);
    }

    /** Whether the bytes start with this text. */
    boolean isPrefixOf(byte[] bytes, int length, Values values) {
        int at = 0;
        for (int i = 0; i < texts.length; i++) {
            byte[] text = texts[i];
            if (at + text.length > length) {
                return false;
            }
            for (byte expected : text) {
                if (bytes[at++] != expected) {
                    return false;
                }
            }
            if (i < slots.length) {
                int digits = values.length(slots[i]);
                if (at + digits > length) {
                    return false;
                }
                for (int index = 0; index < digits; index++) {
                    if (bytes[at++] != values.byteAt(slots[i], index)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }
}
