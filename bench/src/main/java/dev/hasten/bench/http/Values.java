package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/**
 * The values of the slots of a request and its response. Belongs to one simulated user and changes from request
 * to request.
 */
public final class Values {
    private long id;
    private long post;
    private long number;
    private long text;
    private byte[] transaction = new byte[0];

    /** Sets a numeric slot to a value of 0 or more. */
    public void set(Slot slot, long value) {
        switch (slot) {
            case ID -> id = value;
            case POST -> post = value;
            case NUMBER -> number = value;
            case TEXT -> text = value;
            case TRANSACTION -> throw new IllegalArgumentException("the id of a transaction is no number");
        }
    }

    /** The value of a numeric slot. */
    public long get(Slot slot) {
        return switch (slot) {
            case ID -> id;
            case POST -> post;
            case NUMBER -> number;
            case TEXT -> text;
            case TRANSACTION -> throw new IllegalArgumentException("the id of a transaction is no number");
        };
    }

    /** Sets the id of an interactive transaction. */
    public void setTransaction(String id) {
        transaction = id.getBytes(US_ASCII);
    }

    /** Length of the value as text, in bytes. */
    int length(Slot slot) {
        return slot == Slot.TRANSACTION ? transaction.length : digits(get(slot));
    }

    void write(Slot slot, ByteBuf out) {
        if (slot == Slot.TRANSACTION) {
            out.writeBytes(transaction);
        } else {
            writeDecimal(out, get(slot));
        }
    }

    /** The byte at an index of the value as text; the index must be less than the length. */
    byte byteAt(Slot slot, int index) {
        if (slot == Slot.TRANSACTION) {
            return transaction[index];
        }
        long value = get(slot);
        for (int skip = digits(value) - 1 - index; skip > 0; skip--) {
            value /= 10;
        }
        return (byte) ('0' + value % 10);
    }

    static void writeDecimal(ByteBuf out, long value) {
        int digits = digits(value);
        int end = out.writerIndex() + digits;
        long rest = value;
        out.ensureWritable(digits);
        for (int index = end - 1; index >= end - digits; index--) {
            out.setByte(index, '0' + (int) (rest % 10));
            rest /= 10;
        }
        out.writerIndex(end);
    }

    static int digits(long value) {
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits;
    }
}
