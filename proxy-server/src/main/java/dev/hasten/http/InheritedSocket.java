package dev.hasten.http;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.netty.channel.epoll.Epoll;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
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

    /** Sets O_NONBLOCK, which Netty expects: otherwise an event loop could block in accept. */
    @SuppressWarnings("restricted") // Hasten is started with --enable-native-access.
    static void makeNonBlocking(int descriptor) {
        Linker linker = Linker.nativeLinker();
        MethodHandle fcntl = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("fcntl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        try {
            int flags = (int) fcntl.invokeExact(descriptor, F_GETFL, 0);
            if (flags < 0 || (int) fcntl.invokeExact(descriptor, F_SETFL, flags | O_NONBLOCK) < 0) {
                throw new HttpServerException(
                        "The socket of the service manager cannot be used: descriptor " + descriptor + " is not open");
            }
        } catch (HttpServerException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
