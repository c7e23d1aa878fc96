package dev.hasten.postgres;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that a connection receives for a statement, and speaks up when they pass a limit. pgjdbc collects all
 * rows of a statement before it hands them over, so this is where a result that is too large is noticed while it
 * streams. With TLS the encrypted bytes are counted, which are a few more.
 */
final class ReceiveMeter {
    /**
     * So soon after something was read nobody looks for more: a connection that goes from one request to the next would
     * pay a system call for each, and word of its end may come just as well a moment after the look.
     */
    private static final long SETTLED_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private long lastReadNanos = System.nanoTime() - SETTLED_NANOS;
    private long remaining = Long.MAX_VALUE;
    private @Nullable Runnable onExceeded;
    private @Nullable MeteredSocket socket;

    /** Starts counting; {@code onExceeded} is called at most once, on the thread that reads. */
    void start(long limitBytes, Runnable onExceeded) {
        this.remaining = limitBytes;
        this.onExceeded = onExceeded;
    }

    void stop() {
        remaining = Long.MAX_VALUE;
        onExceeded = null;
    }

    /** Whether bytes wait to be read, which are not looked for just after others were. */
    boolean hasPendingInput() {
        MeteredSocket known = socket;
        try {
            return known == null || (System.nanoTime() - lastReadNanos >= SETTLED_NANOS && known.pendingBytes() > 0);
        } catch (IOException e) {
            return true;
        }
    }

    private void received(int bytes) {
        lastReadNanos = System.nanoTime();
        if (bytes > 0) {
            remaining -= bytes;
            if (remaining < 0) {
                Runnable action = onExceeded;
                stop();
                if (action != null) {
                    action.run();
                }
            }
        }
    }

    /** Makes the sockets of a connection; pgjdbc instantiates it by name, so the meter comes by thread. */
    public static final class Sockets extends SocketFactory {
        private static final ThreadLocal<@Nullable ReceiveMeter> OPENING = new ThreadLocal<>();

        /** For pgjdbc. */
        public Sockets() {}

        /** Every socket that this thread opens until {@link #opened()} is counted by the meter. */
        static void opening(ReceiveMeter meter) {
            OPENING.set(meter);
        }

        static void opened() {
            OPENING.remove();
        }

        @Override
        public Socket createSocket() {
            ReceiveMeter meter = OPENING.get();
            return meter == null ? new Socket() : new MeteredSocket(meter);
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            throw new IOException("pgjdbc connects its sockets itself");
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            throw new IOException("pgjdbc connects its sockets itself");
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            throw new IOException("pgjdbc connects its sockets itself");
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
                throws IOException {
            throw new IOException("pgjdbc connects its sockets itself");
        }
    }

    private static final class MeteredSocket extends Socket {
        private final ReceiveMeter meter;

        MeteredSocket(ReceiveMeter meter) {
            this.meter = meter;
            meter.socket = this;
        }

        int pendingBytes() throws IOException {
            return super.getInputStream().available();
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    int value = super.read();
                    meter.received(value < 0 ? 0 : 1);
                    return value;
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    int count = super.read(buffer, offset, length);
                    meter.received(count);
                    return count;
                }
            };
        }
    }
}
