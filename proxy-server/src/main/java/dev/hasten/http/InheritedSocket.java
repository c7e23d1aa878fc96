package dev.hasten.http;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.netty.channel.epoll.Epoll;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A listening socket that the service manager has opened and passed to this process. It stays open while the process is replaced,
 * so connections wait instead of being refused. Source: sd_listen_fds(3).
 */
public final class InheritedSocket {
    /** The descriptor of the first socket, SD_LISTEN_FDS_START. */
    private static final int FIRST = 3;

    // Values of Linux, from fcntl.h.
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 0x800;

    // Values of Linux, from socket.h.
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;
    private static final int SOCK_STREAM = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private static final int NOT_VARIADIC = -1;

    private InheritedSocket() {}

    /**
     * Returns the descriptor of the socket; empty if none was passed to this process.
     *
     * @param environment the environment variables
     * @param pid the id of this process: the variables may have been inherited from another one
     * @throws HttpServerException if there is more than one socket, or if it cannot be used
     */
    public static OptionalInt find(Map<String, String> environment, long pid) {
        if (!Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return OptionalInt.empty();
        }
        String count = environment.get("LISTEN_FDS");
        if (!"1".equals(count)) {
            throw new HttpServerException("The service manager has passed " + count
                    + " sockets; expected 1, for the client port. Use one ListenStream in hasten.socket");
        }
        if (!Epoll.isAvailable()) {
            throw new HttpServerException(
                    "A socket of the service manager needs Netty's native library, which cannot be loaded: "
                            + Epoll.unavailabilityCause().getMessage());
        }
        return OptionalInt.of(FIRST);
    }

    /**
     * Checks the socket, and sets O_NONBLOCK, which Netty expects: otherwise an event loop could block in accept.
     *
     * @throws HttpServerException if the descriptor is not a listening TCP socket
     */
    static void prepare(int descriptor) {
        int domain = option(descriptor, SO_DOMAIN);
        if ((domain != AF_INET && domain != AF_INET6)
                || option(descriptor, SO_TYPE) != SOCK_STREAM
                || option(descriptor, SO_ACCEPTCONN) != 1) {
            throw unusable();
        }
        MethodHandle fcntl = function("fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), 2);
        try {
            int flags = (int) fcntl.invokeExact(descriptor, F_GETFL, 0);
            if (flags < 0 || (int) fcntl.invokeExact(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) {
                throw unusable();
            }
        } catch (HttpServerException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value of an option of the level SOL_SOCKET; -1 if the descriptor is not a socket. */
    private static int option(int descriptor, int name) {
        MethodHandle getsockopt = function(
                "getsockopt",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS),
                NOT_VARIADIC);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) JAVA_INT.byteSize());
            return (int) getsockopt.invokeExact(descriptor, SOL_SOCKET, name, value, length) < 0
                    ? -1
                    : value.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("restricted") // Hasten is started with --enable-native-access.
    private static MethodHandle function(String name, FunctionDescriptor type, int firstVariadic) {
        Linker linker = Linker.nativeLinker();
        Linker.Option[] options = firstVariadic < 0
                ? new Linker.Option[0]
                : new Linker.Option[] {Linker.Option.firstVariadicArg(firstVariadic)};
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    private static HttpServerException unusable() {
        return new HttpServerException(
                "What the service manager has passed is not a listening TCP socket. In hasten.socket, use ListenStream with a port");
    }
}
