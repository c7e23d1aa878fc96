package dev.hasten.bench;

import dev.hasten.bench.load.Probe;
import dev.hasten.bench.result.Round;
import dev.hasten.bench.result.ServerUse;
import dev.hasten.bench.setup.ServerProcess;
import org.jspecify.annotations.Nullable;

/** Measures the process of the server, if it is known. */
final class ServerProbe implements Probe {
    private final @Nullable ServerProcess server;
    private long cpuNanos;

    ServerProbe(@Nullable ServerProcess server) {
        this.server = server;
    }

    @Override
    public void begin() {
        if (server != null) {
            cpuNanos = server.cpuNanos();
        }
    }

    @Override
    public void end() {
        if (server != null) {
            cpuNanos = server.cpuNanos() - cpuNanos;
        }
    }

    @Nullable
    ServerUse use(long operations) {
        // CPU time decreases only if the process has ended.
        return server == null || cpuNanos < 0
                ? null
                : new ServerUse(
                        Round.perOperation(cpuNanos, operations),
                        server.residentMegabytes().orElse(0.0));
    }
}
