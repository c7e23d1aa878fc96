package dev.hasten.bench.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The process of a server on this machine, as reported by Linux. */
public final class ServerProcess {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files\\s+(\\d+)");

    private final ProcessHandle process;

    public ServerProcess(ProcessHandle process) {
        this.process = process;
    }

    /** CPU time of the process in nanoseconds; 0 if unknown. */
    public long cpuNanos() {
        return process.info().totalCpuDuration().map(time -> time.toNanos()).orElse(0L);
    }

    /** Resident memory in megabytes (1,000,000 bytes); empty if unknown. */
    public Optional<Double> residentMegabytes() {
        return find("status", RESIDENT).map(kilobytes -> Math.round(kilobytes * 1024 / 1e5) / 10.0);
    }

    /** Limit on open files and connections; empty if unknown. */
    public Optional<Long> openFileLimit() {
        return find("limits", OPEN_FILES);
    }

    private Optional<Long> find(String file, Pattern pattern) {
        try {
            Matcher found = pattern.matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), file)));
            return found.find() ? Optional.of(Long.parseLong(found.group(1))) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
