package dev.hasten.postgres;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A socket to PostgreSQL that the driver reads through a {@link ResultMeter}. Keepalive probes detect within a minute
 * that a firewall has dropped an idle connection.
 */
final class DatabaseSocket extends Socket {
    private static final int PROBE_AFTER_SECONDS = 30;
    private static final int PROBE_EVERY_SECONDS = 10;
    private static final int PROBES = 3;

    private final ResultMeter meter;
    private final BackendMessages messages;

    private DatabaseSocket(ResultMeter meter) throws IOException {
        this.meter = meter;
        this.messages = new BackendMessages(meter);
        setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            setOption(ExtendedSocketOptions.TCP_KEEPIDLE, PROBE_AFTER_SECONDS);
            setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_EVERY_SECONDS);
            setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
        }
        meter.attach(this);
    }

    /** The number of bytes that have arrived and have not been read. */
    int pendingBytes() throws IOException {
        return super.getInputStream().available();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return metered(super.getInputStream(), messages, meter);
    }

    /** Wraps a stream so that the parser and the meter see all bytes. */
    static InputStream metered(InputStream stream, BackendMessages messages, ResultMeter meter) {
        return new FilterInputStream(stream) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                int count = super.read(buffer, offset, length);
                meter.read();
                if (count > 0) {
                    messages.follow(buffer, offset, count);
                }
                return count;
            }
        };
    }

    /**
     * Creates the sockets of a connection. pgjdbc instantiates this class by name, so the meter is passed in a
     * thread-local variable.
     */
    public static final class Factory extends SocketFactory {
        private static final ThreadLocal<@Nullable ResultMeter> OPENING = new ThreadLocal<>();

        /** Called by pgjdbc. */
        public Factory() {}

        /** Assigns the meter to every socket that this thread opens until {@link #opened()} is called. */
        static void opening(ResultMeter meter) {
            OPENING.set(meter);
        }

        static void opened() {
            OPENING.remove();
        }

        /**
         * The meter of the connection that this thread is opening; null if the connection only carries a
         * cancel request.
         */
        static @Nullable ResultMeter meter() {
            return OPENING.get();
        }

        @Override
        public Socket createSocket() throws IOException {
            ResultMeter meter = meter();
            return meter == null ? new Socket() : new DatabaseSocket(meter);
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
}
