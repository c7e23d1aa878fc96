package dev.hasten.protocol.value;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The positions of the members of open objects in the output, and the order of a JavaScript object's members: array
 * indices in ascending order, then the other keys in the order of their first occurrence, each with its last value.
 */
final class MemberOrder {
    /** The largest array index of ECMAScript, 2^32 - 2; larger integers are ordinary keys. */
    private static final long MAX_INDEX = 4_294_967_294L;

    private static final int MAX_INDEX_DIGITS = 10;
    private static final int NOT_AN_INDEX = -1;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private int[] starts = new int[16];
    private int[] keyEnds = new int[16];
    private int count;

    int count() {
        return count;
    }

    /** Adds a member whose key is between {@code start} and {@code keyEnd}, including quotes. */
    void add(int start, int keyEnd) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            keyEnds = Arrays.copyOf(keyEnds, count * 2);
        }
        starts[count] = start;
        keyEnds[count++] = keyEnd;
    }

    int start(int member) {
        return starts[member];
    }

    /** Removes the members from {@code newCount} on. */
    void truncate(int newCount) {
        count = newCount;
    }

    /**
     * Returns the members from {@code first} to the last, in JavaScript's order.
     *
     * @param end the position in {@code text} after the value of the last member
     * @return null if they are already in that order
     */
    byte @Nullable [] reorder(int first, byte[] text, int end) {
        if (isOrdered(first, text)) {
            return null;
        }
        Map<Long, Integer> indexed = new TreeMap<>();
        Map<String, Integer> named = new LinkedHashMap<>();
        for (int member = first; member < count; member++) {
            long index = index(member, text);
            if (index == NOT_AN_INDEX) {
                named.put(new String(text, starts[member], keyEnds[member] - starts[member], ISO_8859_1), member);
            } else {
                indexed.put(index, member);
            }
        }
        byte[] target = new byte[end - starts[first]];
        int at = join(indexed.values(), text, end, target, 0);
        at = join(named.values(), text, end, target, at);
        return Arrays.copyOf(target, at);
    }

    private int join(Collection<Integer> order, byte[] text, int end, byte[] target, int at) {
        int position = at;
        for (int member : order) {
            if (position > 0) {
                target[position++] = ',';
            }
            int length = (member + 1 < count ? starts[member + 1] - 1 : end) - starts[member];
            System.arraycopy(text, starts[member], target, position, length);
            position += length;
        }
        return position;
    }

    /**
     * Returns false if members may have to be reordered. PostgreSQL writes jsonb with keys in ascending order of
     * length, then bytes; in this order no two keys are equal. Only for other objects the hashes of the keys are
     * compared; a collision causes just an unnecessary reordering.
     */
    private boolean isOrdered(int first, byte[] text) {
        boolean ascending = true;
        boolean afterName = false;
        long lastIndex = NOT_AN_INDEX;
        for (int member = first; member < count; member++) {
            long index = index(member, text);
            if (index == NOT_AN_INDEX) {
                afterName = true;
            } else if (afterName || index <= lastIndex) {
                return false;
            } else {
                lastIndex = index;
            }
            ascending = ascending && (member == first || isAscending(member - 1, member, text));
        }
        return ascending || isDistinct(first, text);
    }

    private boolean isAscending(int left, int right, byte[] text) {
        int leftLength = keyEnds[left] - starts[left];
        int rightLength = keyEnds[right] - starts[right];
        if (leftLength != rightLength) {
            return leftLength < rightLength;
        }
        return Arrays.compareUnsigned(text, starts[left], keyEnds[left], text, starts[right], keyEnds[right]) < 0;
    }

    private boolean isDistinct(int first, byte[] text) {
        long[] hashes = new long[count - first];
        for (int i = 0; i < hashes.length; i++) {
            long hash = FNV_OFFSET;
            for (int at = starts[first + i]; at < keyEnds[first + i]; at++) {
                hash = (hash ^ text[at]) * FNV_PRIME;
            }
            hashes[i] = hash;
        }
        Arrays.sort(hashes);
        for (int i = 1; i < hashes.length; i++) {
            if (hashes[i - 1] == hashes[i]) {
                return false;
            }
        }
        return true;
    }

    private long index(int member, byte[] text) {
        int from = starts[member] + 1;
        int end = keyEnds[member] - 1;
        int digits = end - from;
        if (digits == 0 || digits > MAX_INDEX_DIGITS || (text[from] == '0' && digits > 1)) {
            return NOT_AN_INDEX;
        }
        long value = 0;
        for (int at = from; at < end; at++) {
            if (!DecimalText.isDigit(text[at])) {
                return NOT_AN_INDEX;
            }
            value = value * 10 + text[at] - '0';
        }
        return value <= MAX_INDEX ? value : NOT_AN_INDEX;
    }
}
