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
 * Limits the memory of a statement's result while it is read. pgjdbc collects all rows of a statement before it hands them
 * over, so {@link BackendMessages} reports each row and value here before the driver allocates it. What counts is what they
 * occupy in the heap: a row with one small number takes 12 bytes on the wire and 76 in memory.
 *
 * <p>Used by the thread that reads.
 */
final class ResultMeter implements BackendMessages.Observer {
    /** A {@code Tuple}, the header of its array of values, and its place in the list of rows. */
    private static final int ROW_BYTES = 24 + 16 + 6;

    private static final int REFERENCE_BYTES = 4;
    private static final int ARRAY_HEADER_BYTES = 16;

    /** Memory is taken from the budget in steps. */
    private static final long STEP_BYTES = 64 << 10;

    /**
     * How far a result may grow beyond its limit until the cancelled statement has ended: the sockets' buffers hold
     * megabytes, which are many more in memory. Beyond this the connection is cut.
     */
    private static final int OVERSHOOT = 2;

    private static final long OVERSHOOT_BYTES = 16 << 20;

    /** Longest message other than a row. Several copies of an error or notice exist until the client has received it. */
    private static final int LONGEST_REPORT_BYTES = 1 << 20;

    /** What a connection may receive between two statements, such as notifications after a hidden LISTEN. */
    private static final int UNREQUESTED_BYTES = 1 << 20;

    /**
     * So soon after something was read nobody looks for more: a connection that goes from one request to the next would
     * pay a system call for each, and word of its end may come just as well a moment after the look.
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

    /** @param nanoTime as {@link System#nanoTime} */
    ResultMeter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastReadNanos = nanoTime.getAsLong() - SETTLED_NANOS;
    }

    /** The socket that is metered from now on. */
    void attach(DatabaseSocket opened) {
        socket = opened;
    }

    /**
     * A statement begins.
     *
     * @param limit bytes of heap that its result may occupy; beyond it the statement is cancelled
     * @param running whose memory the result is
     * @param cancelRequestSent waits until a cancel request that is under way was sent: until then PostgreSQL would go on
     *     sending as fast as it can
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

    /** The statement has ended. Returns the bytes that were taken for its result. */
    long end() {
        Cancellation running = cancellation;
        cancellation = null;
        limitBytes = UNREQUESTED_BYTES;
        if (running != null && stop == null && bytes > takenBytes) {
            try {
                running.memory().take(MemoryUse.RESULTS, bytes - takenBytes);
                takenBytes = bytes;
            } catch (MemoryExhaustedException e) {
                // The statement has been executed; so little is not worth an error.
            }
        }
        bytes = 0;
        return takenBytes;
    }

    /** Why reading was stopped and the connection is lost; null when it was not. */
    @Nullable
    RuntimeException stopped() {
        return stop;
    }

    /** Whether the session's {@code client_encoding} is not UTF-8, so that its text cannot be read. */
    boolean hasForeignEncoding() {
        return foreignEncoding;
    }

    /** Whether PostgreSQL reported since the statement began that a setting of the session has changed. */
    boolean hasChangedSettings() {
        return settingsChanged;
    }

    /** Whether bytes wait to be read, which are not looked for just after others were. */
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
        // Of notices and the like the driver keeps less, but a statement can send them without end.
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
        return new IOException("the result is not read any further");
    }

    private static long aligned(long length) {
        return (length + 7) & ~7;
    }
}
