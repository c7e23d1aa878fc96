package dev.hasten.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.config.Config;
import dev.hasten.config.ConfigSources;
import dev.hasten.memory.MemoryWatchdog;
import dev.hasten.server.HastenServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A server in its own process, with the Java options and heap of {@code bin/hasten}. */
public final class ForkedServer implements AutoCloseable {
    private final Process process;
    private final Path directory;
    private final int port;

    private ForkedServer(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    /**
     * Starts a server and waits until it accepts requests.
     *
     * @param yaml the configuration, without a port
     * @param javaOptions additional options
     */
    public static ForkedServer start(String yaml, String... javaOptions) {
        try {
            Path directory = Files.createTempDirectory("hasten-forked-server");
            Files.writeString(directory.resolve("hasten.yaml"), yaml);
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + Path.of("..", "deploy", "java.options").toAbsolutePath(),
                    "-Xmx512m",
                    "-Duser.timezone=UTC"));
            command.addAll(List.of(javaOptions));
            command.addAll(List.of(
                    "-cp", System.getProperty("java.class.path"), ForkedServer.class.getName(), directory.toString()));
            Process process =
                    new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
            BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
            String line;
            while ((line = out.readLine()) != null) {
                if (line.startsWith("port ")) {
                    process.getInputStream().close();
                    return new ForkedServer(process, directory, Integer.parseInt(line.substring(5)));
                }
            }
            throw new IllegalStateException("the server ended with status " + process.waitFor());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs the process. The argument is the configuration directory; it ends when its standard input is closed. */
    public static void main(String[] arguments) throws IOException {
        MemoryWatchdog.start();
        Path directory = Path.of(arguments[0]);
        Map<String, String> settings = Map.of("port", "0", "host", "127.0.0.1");
        try (HastenServer server = HastenServer.start(
                Config.load(new ConfigSources(directory.resolve("hasten.yaml"), Map.of(), settings, directory)))) {
            System.out.println("port " + server.port());
            while (System.in.read() >= 0) {
                // No input is expected, only its end.
            }
        }
    }

    /** Returns the port of the server. */
    public int port() {
        return port;
    }

    /** Returns a client with the given API key. */
    public Client client(String key) {
        return new Client(() -> port, key);
    }

    /** Returns whether the process is still running. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the resident memory of the process in bytes. */
    public long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
            try (var files = Files.walk(directory)) {
                files.sorted(java.util.Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
