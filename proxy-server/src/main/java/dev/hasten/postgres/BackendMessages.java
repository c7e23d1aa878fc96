package dev.hasten.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Follows the messages that PostgreSQL sends ("Message Formats" of its manual) as their bytes go to the driver, in pieces
 * of any size. It does what the driver has no hook for: it reports rows before they are allocated, and hides reports of
 * {@code DateStyle} and {@code client_encoding} from the driver, which closes the connection over values that it does not
 * expect, even if the statement that changed them has been committed.
 *
 * <p>Used by the thread that reads.
 */
final class BackendMessages {
    private static final int HEADER_BYTES = 5;
    private static final int LENGTH_BYTES = 4;
    private static final int COUNT_BYTES = 2;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    /** Longer reports of settings are not looked at. */
    private static final int MAX_SETTING_BYTES = 256;

    /** What is to be known about the messages. A method that throws ends the connection. */
    interface Observer {
        /** A message of any kind begins, with so many bytes after its type and length. */
        void message(boolean isRow, int length) throws IOException;

        /** A row with so many columns begins. */
        void row(int columns) throws IOException;

        /** A value of so many bytes begins; there is none for NULL. */
        void value(int length) throws IOException;

        /** A setting of the session has this value. */
        void setting(String name, String value);
    }

    private enum State {
        /** Before the first message: a server also replies with one letter to the question whether it speaks TLS. */
        START,
        /** In the type and length of a message. */
        HEADER,
        /** In the number of columns of a row. */
        COLUMNS,
        /** In the length of a value. */
        LENGTH,
        /** In bytes that do not matter. */
        SKIP,
        /** In the report of a setting. */
        SETTING,
        /** What follows is encrypted: another instance follows the messages in it. */
        ENCRYPTED
    }

    private final Observer observer;
    private final byte[] setting = new byte[MAX_SETTING_BYTES];
    private State state = State.START;
    /** Bytes that the state still needs; of what is skipped, this many are left. */
    private int needed = HEADER_BYTES;

    /** The bytes of the state that have been read: a type and a length, a length, or a number of columns. */
    private long number;

    private int columns;
    private int settingBytes;

    BackendMessages(Observer observer) {
        this.observer = observer;
    }

    /**
     * Follows the next bytes; may change some of them.
     *
     * @throws IOException of the observer
     */
    void follow(byte[] bytes, int offset, int length) throws IOException {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            switch (state) {
                case ENCRYPTED -> {
                    return;
                }
                case SKIP -> {
                    int skipped = Math.min(needed, end - at);
                    at += skipped;
                    needed -= skipped;
                    if (needed == 0) {
                        nextValue();
                    }
                }
                case SETTING -> bytes[at] = setting(bytes[at++]);
                case START -> {
                    if (start(bytes[at])) {
                        at++;
                    }
                }
                case HEADER, COLUMNS, LENGTH -> {
                    if (isRow(bytes, at, end)) {
                        at = row(bytes, at);
                        continue;
                    }
                    for (; needed > 0 && at < end; needed--) {
                        number = (number << Byte.SIZE) | (bytes[at++] & 0xff);
                    }
                    if (needed == 0) {
                        complete();
                    }
                }
            }
        }
    }

    /** Whether the next message is a row that has arrived completely. */
    private boolean isRow(byte[] bytes, int at, int end) {
        if (state != State.HEADER
                || needed != HEADER_BYTES
                || end - at < HEADER_BYTES + COUNT_BYTES
                || bytes[at] != 'D') {
            return false;
        }
        int length = (int) INT.get(bytes, at + 1);
        return length >= LENGTH_BYTES + COUNT_BYTES && length < end - at;
    }

    /** Follows a whole row, several times faster than the states do. Returns where it ends. */
    private int row(byte[] bytes, int start) throws IOException {
        int length = (int) INT.get(bytes, start + 1);
        int end = start + 1 + length;
        observer.message(true, length - LENGTH_BYTES);
        int count = (short) SHORT.get(bytes, start + HEADER_BYTES) & 0xffff;
        observer.row(count);
        int at = start + HEADER_BYTES + COUNT_BYTES;
        for (int i = 0; i < count && at <= end - LENGTH_BYTES; i++) {
            int valueLength = (int) INT.get(bytes, at);
            at += LENGTH_BYTES;
            // -1 stands for NULL.
            if (valueLength >= 0) {
                observer.value(valueLength);
                at += Math.min(valueLength, end - at);
            }
        }
        return end;
    }

    /** Whether the byte is a reply of its own, not the first of a message. */
    private boolean start(byte reply) {
        switch (reply) {
            case 'N' -> {}
            case 'S', 'G' -> state = State.ENCRYPTED;
            default -> {
                state = State.HEADER;
                return false;
            }
        }
        return true;
    }

    private void complete() throws IOException {
        switch (state) {
            case HEADER -> header((char) (number >>> Integer.SIZE), (int) number - LENGTH_BYTES);
            case COLUMNS -> {
                columns = (int) number;
                observer.row(columns);
                nextValue();
            }
            case LENGTH -> {
                columns--;
                int length = (int) number;
                // -1 stands for NULL.
                if (length >= 0) {
                    observer.value(length);
                }
                skip(Math.max(0, length));
            }
            case START, SKIP, SETTING, ENCRYPTED -> throw new IllegalStateException(state.toString());
        }
    }

    private void header(char type, int bodyBytes) throws IOException {
        observer.message(type == 'D', bodyBytes);
        columns = 0;
        if (type == 'D') {
            begin(State.COLUMNS, COUNT_BYTES);
        } else if (type == 'S' && bodyBytes > 0) {
            settingBytes = 0;
            begin(State.SETTING, bodyBytes);
        } else {
            skip(Math.max(0, bodyBytes));
        }
    }

    private void skip(int bytes) {
        begin(State.SKIP, bytes);
        if (bytes == 0) {
            nextValue();
        }
    }

    private void nextValue() {
        if (columns > 0) {
            begin(State.LENGTH, LENGTH_BYTES);
        } else {
            begin(State.HEADER, HEADER_BYTES);
        }
    }

    private void begin(State next, int bytes) {
        state = next;
        needed = bytes;
        number = 0;
    }

    /**
     * The byte that the driver gets. Of the settings that PostgreSQL reports, one begins with a capital D and one with a
     * small c: with the other case the driver does not know them.
     */
    private byte setting(byte next) {
        boolean first = settingBytes == 0;
        if (settingBytes < MAX_SETTING_BYTES) {
            setting[settingBytes++] = next;
        }
        if (--needed == 0) {
            String[] parts = new String(setting, 0, settingBytes, ISO_8859_1).split("\0", -1);
            if (parts.length > 1) {
                observer.setting(parts[0], parts[1]);
            }
            begin(State.HEADER, HEADER_BYTES);
        }
        if (first && next == 'D') {
            return 'd';
        }
        return first && next == 'c' ? (byte) 'C' : next;
    }
}
