package dev.hasten.postgres;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the memory of a statement's result while it is read. pgjdbc collects all rows of a statement before it returns
 * them, so {@link BackendMessages} reports each row and value here before the driver allocates it. The limit applies to
 * the size in the heap: a row with one small number takes 12 bytes on the wire and 76 in memory.
 *
 * <p>Used only by the thread that reads from the socket.
 */
final class ResultMeter implements BackendMessages.Observer {
    /** A {@code Tuple}, the header of its array of values, and its slot in the list of rows. */
    private static final int ROW_BYTES = 24 + 16 + 6;

    private static final int REFERENCE_BYTES = 4;
    private static final int ARRAY_HEADER_BYTES = 16;

    /** Memory is taken from the budget in steps of this size. */
    private static final long STEP_BYTES = 64 << 10;

    /**
     * How far a result may exceed its limit before the cancelled statement has ended: the sockets' buffers hold
     * megabytes, which take several times as much in memory. Beyond this, the connection is closed.
     */
    private static final int OVERSHOOT = 2;

    private static final long OVERSHOOT_BYTES = 16 << 20;

    /**
     * Maximum length of a message other than a row. Several copies of an error or notice exist until the client has
     * received it.
     */
    private static final int LONGEST_REPORT_BYTES = 1 << 20;

    /** How much a connection may receive between two statements, such as notifications after a LISTEN in a function. */
    private static final int UNREQUESTED_BYTES = 1 << 20;

    /**
     * For this long after a read, {@link #hasPendingInput} does not check the socket. A connection that serves one
     * request after the other would otherwise pay a system call for each, and the server may just as well close the
     * connection right after a check.
     */
    private static final long SETTLED_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final LongSupplier nanoTime;
    private long lastReadNanos;
    private @Nullable DatabaseSocket socket;

    private @Nullable Cancellation cancellation;
    private Runnable awaitCancelRequest = () -> {};
    private long limitBytes = Long.MAX_VALUE;
    private long bytes;
    private long takenBytes;
    private @Nullable RuntimeException stop;
    private boolean tooLarge;
    private boolean foreignEncoding;
    private boolean settingsChanged;

    /** @param nanoTime a clock such as {@link System#nanoTime} */
    ResultMeter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastReadNanos = nanoTime.getAsLong() - SETTLED_NANOS;
    }

    /** Sets the socket to be metered. */
    void attach(DatabaseSocket opened) {
        socket = opened;
    }

    /**
     * Called when a statement starts.
     *
     * @param limit bytes of heap that its result may occupy; if it is exceeded, the statement is cancelled
     * @param running the cancellation of the statement; memory for the result is taken from it
     * @param cancelRequestSent waits until a cancel request in progress has been sent; until then, PostgreSQL would
     *     continue sending as fast as it can
     */
    void start(long limit, Cancellation running, Runnable cancelRequestSent) {
        cancellation = running;
        awaitCancelRequest = cancelRequestSent;
        tooLarge = false;
        limitBytes = limit;
        bytes = 0;
        takenBytes = 0;
        stop = null;
        settingsChanged = false;
    }

    /** Called when the statement has ended. Returns the bytes that were taken for its result. */
    long end() {
        Cancellation running = cancellation;
        cancellation = null;
        limitBytes = UNREQUESTED_BYTES;
        if (running != null && stop == null && bytes > takenBytes) {
            try {
                running.memory().take(MemoryUse.RESULTS, bytes - takenBytes);
                takenBytes = bytes;
            } catch (MemoryExhaustedException e) {
                // The statement has been executed, and this remainder is too small to justify an error.
            }
        }
        bytes = 0;
        return takenBytes;
    }

    /** Why reading was stopped, so that the connection is lost; null if it was not stopped. */
    @Nullable
    RuntimeException stopped() {
        return stop;
    }

    /** Whether the session's {@code client_encoding} is not UTF-8, so that its text cannot be read. */
    boolean hasForeignEncoding() {
        return foreignEncoding;
    }

    /** Whether PostgreSQL has reported a changed session setting since the statement started. */
    boolean hasChangedSettings() {
        return settingsChanged;
    }

    /**
     * Whether input is waiting to be read. Returns false without checking if something was read less than
     * {@link #SETTLED_NANOS} ago.
     */
    boolean hasPendingInput() {
        DatabaseSocket known = socket;
        try {
            return known == null || (nanoTime.getAsLong() - lastReadNanos >= SETTLED_NANOS && known.pendingBytes() > 0);
        } catch (IOException e) {
            return true;
        }
    }

    /** Called after each read from the socket. Lets other requests run if data keeps arriving without a pause. */
    void read() {
        lastReadNanos = nanoTime.getAsLong();
        Cancellation running = cancellation;
        if (running != null) {
            running.letOthersRun();
        }
    }

    @Override
    public void row(int columns) throws IOException {
        grow(ROW_BYTES + aligned((long) columns * REFERENCE_BYTES));
    }

    @Override
    public void value(int length) throws IOException {
        grow(ARRAY_HEADER_BYTES + aligned(length));
    }

    @Override
    public void message(boolean isRow, int length) throws IOException {
        if (length > hardLimit()) {
            throw stop(new CancelledException(Cancellation.Reason.RESULT_TOO_LARGE));
        }
        if (!isRow && length > LONGEST_REPORT_BYTES) {
            Cancellation running = cancellation;
            if (running != null) {
                running.cancel(Cancellation.Reason.RESULT_TOO_LARGE);
                awaitCancelRequest.run();
            }
            throw stop(new CancelledException(Cancellation.Reason.RESULT_TOO_LARGE));
        }
        // The driver keeps only part of a notice or a similar message, but a statement can send any number of them.
        if (!isRow) {
            grow(length);
        }
    }

    @Override
    public void setting(String name, String value) {
        settingsChanged = true;
        if (name.equals("client_encoding")) {
            foreignEncoding = !value.equalsIgnoreCase("UTF8") && !value.equalsIgnoreCase("UTF-8");
        }
    }

    private void grow(long more) throws IOException {
        bytes += more;
        Cancellation running = cancellation;
        if (running == null) {
            if (bytes > limitBytes) {
                throw stop(new CancelledException(Cancellation.Reason.RESULT_TOO_LARGE));
            }
            return;
        }
        if (bytes > limitBytes) {
            if (!tooLarge) {
                tooLarge = true;
                running.cancel(Cancellation.Reason.RESULT_TOO_LARGE);
                awaitCancelRequest.run();
            }
            if (bytes > hardLimit()) {
                throw stop(new CancelledException(Cancellation.Reason.RESULT_TOO_LARGE));
            }
        }
        if (bytes - takenBytes >= STEP_BYTES) {
            try {
                running.memory().take(MemoryUse.RESULTS, bytes - takenBytes);
                takenBytes = bytes;
            } catch (MemoryExhaustedException e) {
                throw stop(e);
            }
        }
    }

    private long hardLimit() {
        return limitBytes == Long.MAX_VALUE ? limitBytes : OVERSHOOT * limitBytes + OVERSHOOT_BYTES;
    }

    private IOException stop(RuntimeException reason) {
        stop = reason;
        return new IOException("stopped reading the result");
    }

    private static long aligned(long length) {
        return (length + 7) & ~7;
    }
}
