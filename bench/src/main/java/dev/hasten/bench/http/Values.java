package dev.hasten.bench.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/** What stands in the slots of a request and of its answer. One user's, changed from request to request. */
public final class Values {
    private long id;
    private long post;
    private long number;
    private long text;
    private byte[] transaction = new byte[0];

    /** Fills a slot of numbers with 0 or more. */
    public void set(Slot slot, long value) {
        switch (slot) {
            case ID -> id = value;
            case POST -> post = value;
            case NUMBER -> number = value;
            case TEXT -> text = value;
            case TRANSACTION -> throw new IllegalArgumentException("the id of a transaction is no number");
        }
    }

    /** The value of a slot of numbers. */
    public long get(Slot slot) {
        return switch (slot) {
            case ID -> id;
            case POST -> post;
            case NUMBER -> number;
            case TEXT -> text;
            case TRANSACTION -> throw new IllegalArgumentException("the id of a transaction is no number");
        };
    }

    /** The id of an interactive transaction. */
    public void setTransaction(String id) {
        transaction = id.getBytes(US_ASCII);
    }

    /** Bytes of the value as text. */
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

    /** The byte of the value's text at an index below its length. */
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
