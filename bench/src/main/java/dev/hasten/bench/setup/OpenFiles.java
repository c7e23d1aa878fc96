package dev.hasten.bench.setup;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** How many connections the processes may have open. */
public final class OpenFiles {
    /** For everything else that a process has open: jars, pipes, listeners, its database. */
    private static final int OTHERS = 200;

    private OpenFiles() {}

    /**
     * Looks before thousands of connections are opened.
     *
     * @param server that takes them, if its process is known
     * @throws IOException saying what to do, when this process or the server may not have so many
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
            throw new IOException(who + " may have " + limit + " files and connections open, and needs " + needed
                    + ": raise the limit with `ulimit -Hn " + needed + "` (LimitNOFILE= in systemd), or leave out the"
                    + " scenarios with idle connections");
        }
    }
}
