package dev.hasten.postgres;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Parses the messages that PostgreSQL sends ("Message Formats" in its manual) as their bytes pass to the driver, in
 * chunks of any size. It does what the driver has no hook for: it reports rows before the driver allocates them, and
 * hides the reports of {@code DateStyle} and {@code client_encoding} from the driver. The driver closes the connection
 * if it sees an unexpected value of these settings, even if the statement that changed them has been committed.
 *
 * <p>Used only by the thread that reads from the socket.
 */
final class BackendMessages {
    private static final int HEADER_BYTES = 5;
    private static final int LENGTH_BYTES = 4;
    private static final int COUNT_BYTES = 2;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    /** Longer setting reports are truncated to this length. */
    private static final int MAX_SETTING_BYTES = 256;

    /** Receives the parsed messages. An exception from one of its methods closes the connection. */
    interface Observer {
        /**
         * Called at the start of a message of any kind. {@code length} is the number of bytes after the type and the
         * length field.
         */
        void message(boolean isRow, int length) throws IOException;

        /** Called at the start of a row with this number of columns. */
        void row(int columns) throws IOException;

        /** Called at the start of a value of this many bytes. Not called for NULL. */
        void value(int length) throws IOException;

        /** Called with the new value of a session setting. */
        void setting(String name, String value);
    }

    private enum State {
        /** Before the first message. The reply to a request for encryption is a single byte, not a message. */
        START,
        /** Reading the type and length of a message. */
        HEADER,
        /** Reading the number of columns of a row. */
        COLUMNS,
        /** Reading the length of a value. */
        LENGTH,
        /** Skipping bytes that are not needed. */
        SKIP,
        /** Reading a setting report. */
        SETTING,
        /** The following bytes are encrypted. Another instance parses the decrypted messages. */
        ENCRYPTED
    }

    private final Observer observer;
    private final byte[] setting = new byte[MAX_SETTING_BYTES];
    private State state = State.START;
    /** Number of bytes still to be read or skipped in the current state. */
    private int needed = HEADER_BYTES;

    /** The bytes read in the current state: a type and a length, a length, or a number of columns. */
    private long number;

    private int columns;
    private int settingBytes;

    BackendMessages(Observer observer) {
        this.observer = observer;
    }

    /**
     * Parses the next bytes; may change some of them.
     *
     * @throws IOException if the observer throws it
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

    /** Whether the next message is a row that is completely in the buffer. */
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

    /** Parses a complete row, several times faster than the state machine. Returns the offset after the row. */
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

    /** Handles a single-byte reply. Returns false if the byte is the first byte of a message instead. */
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
     * Reads one byte of a setting report and returns the byte that the driver gets. The first letter of
     * {@code DateStyle} and {@code client_encoding} is returned in the other case, so that the driver does not
     * recognize them. No other setting that PostgreSQL reports starts with a capital D or a small c.
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
