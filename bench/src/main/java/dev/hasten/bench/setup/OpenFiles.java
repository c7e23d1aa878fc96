package dev.hasten.bench.setup;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** Checks the limits on open files. */
public final class OpenFiles {
    /** Allowance for everything else that a process has open: jars, pipes, listeners, its database. */
    private static final int OTHERS = 200;

    private OpenFiles() {}

    /**
     * Checks the limits before thousands of connections are opened.
     *
     * @param server the process of the server; null if unknown
     * @throws IOException if the limit of this process or the server is too low; the message states how to raise it
     */
    public static void require(int connections, @Nullable ServerProcess server) throws IOException {
        long needed = connections + (long) OTHERS;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            check("this process", system.getMaxFileDescriptorCount(), needed);
        }
        if (server != null) {
            check("the server", server.openFileLimit().orElse(Long.MAX_VALUE), needed);
        }
    }

    private static void check(String who, long limit, long needed) throws IOException {
        if (limit < needed) {
            throw new IOException(who + " may open " + limit + " files and connections but needs " + needed
                    + "; raise the limit with `ulimit -Hn " + needed
                    + "` (LimitNOFILE= in systemd), or omit the scenarios with idle connections");
        }
    }
}
