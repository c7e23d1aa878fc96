package dev.hasten.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A TCP proxy in front of PostgreSQL that does to its connections what a network does. */
final class FaultProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 8192;

    /** The direction of bytes. */
    enum Direction {
        TO_POSTGRES,
        TO_HASTEN
    }

    /** What happens to all connections, existing and new, while it lasts. */
    sealed interface Fault {}

    /** No fault. */
    record None() implements Fault {}

    /** Bytes arrive later. */
    record Delayed(Duration time) implements Fault {}

    /** Only a few bytes arrive at a time, in small packets. */
    record Slow(int bytesPerMillisecond) implements Fault {}

    /** No bytes arrive. They do when the fault is over. */
    record Frozen() implements Fault {}

    /** PostgreSQL sees its connections closed, Hasten does not: its connections stay open but are dead, forever. */
    record HalfOpen() implements Fault {}

    /** Connections are closed after a number of further bytes in one direction, which is usually inside a message. */
    record Cut(Direction direction, int bytes) implements Fault {}

    /** Connections are reset. */
    record Refused() implements Fault {}

    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile InetSocketAddress target;
    private volatile Fault fault = new None();

    private FaultProxy(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.target = target;
    }

    /** Starts a proxy on a free port of 127.0.0.1. */
    static FaultProxy to(int postgresPort) {
        return at("127.0.0.1", 0, postgresPort);
    }

    /** Starts a proxy on the given address. */
    static FaultProxy at(String host, int port, int postgresPort) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(InetAddress.ofLiteral(host), port));
            FaultProxy proxy =
                    new FaultProxy(listener, new InetSocketAddress(InetAddress.getLoopbackAddress(), postgresPort));
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Begins a fault, which replaces the previous one. */
    void begin(Fault next) {
        fault = next;
        links.forEach(Link::faultChanged);
    }

    /** Ends the fault. */
    void end() {
        begin(new None());
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket hasten = listener.accept();
                Socket postgres = new Socket();
                Link link = new Link(hasten, postgres);
                links.add(link);
                threads.execute(link::run);
            } catch (IOException e) {
                // The proxy was closed, or the client is gone.
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        end();
        links.forEach(Link::reset);
        threads.close();
    }

    /** A connection of Hasten and the one to PostgreSQL that belongs to it. */
    private final class Link {
        private final Socket hasten;
        private final Socket postgres;
        private final AtomicInteger cutBytes = new AtomicInteger();
        private volatile boolean dead;

        Link(Socket hasten, Socket postgres) {
            this.hasten = hasten;
            this.postgres = postgres;
        }

        void run() {
            try {
                hasten.setTcpNoDelay(true);
                faultChanged();
                awaitThaw();
                if (fault instanceof Refused) {
                    reset();
                    return;
                }
                postgres.setTcpNoDelay(true);
                postgres.connect(target);
                threads.execute(() -> pump(postgres, hasten, Direction.TO_HASTEN));
                pump(hasten, postgres, Direction.TO_POSTGRES);
            } catch (IOException e) {
                if (!dead) {
                    reset();
                }
            }
        }

        void faultChanged() {
            switch (fault) {
                case Refused _ -> reset();
                case HalfOpen _ -> {
                    dead = true;
                    close(postgres);
                }
                default -> cutBytes.set(0);
            }
        }

        /** A frozen thread only polls the state, because closing the proxy or ending the fault must both wake it. */
        private void awaitThaw() {
            while (fault instanceof Frozen && !hasten.isClosed()) {
                LockSupport.parkNanos(1_000_000);
            }
        }

        private void pump(Socket from, Socket to, Direction direction) {
            byte[] chunk = new byte[CHUNK_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                int length;
                while ((length = in.read(chunk)) >= 0) {
                    awaitThaw();
                    if (!dead) {
                        forward(chunk, length, out, direction);
                    }
                }
            } catch (IOException e) {
                // The other pump closed the sockets, or the peer did.
            }
            if (!dead || direction == Direction.TO_POSTGRES) {
                links.remove(this);
                close(from);
                close(to);
            }
        }

        private void forward(byte[] chunk, int length, OutputStream out, Direction direction) throws IOException {
            switch (fault) {
                case Delayed(Duration time) -> {
                    LockSupport.parkNanos(time.toNanos());
                    out.write(chunk, 0, length);
                }
                case Slow(int bytes) -> {
                    for (int sent = 0; sent < length; sent += bytes) {
                        out.write(chunk, sent, Math.min(bytes, length - sent));
                        LockSupport.parkNanos(1_000_000);
                    }
                }
                case Cut(Direction cut, int bytes)
                when cut == direction -> {
                    int before = cutBytes.getAndAdd(length);
                    out.write(chunk, 0, Math.min(length, Math.max(0, bytes - before)));
                    if (before + length > bytes) {
                        links.remove(this);
                        close(hasten);
                        close(postgres);
                    }
                }
                default -> out.write(chunk, 0, length);
            }
        }

        private void reset() {
            links.remove(this);
            try {
                hasten.setSoLinger(true, 0);
            } catch (IOException e) {
                // It is closed already.
            }
            close(hasten);
            close(postgres);
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed already.
            }
        }
    }
}
