package dev.hasten.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A {@code hasten serve} for a benchmark without {@code --url}. It runs in a separate process, so that heap and CPU
 * time of the server and the load generator can be measured separately. Its state directory is deleted afterwards.
 */
final class BenchServer implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("DATABASE_URL=\"(.+)\"");
    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 30;
    private static final int KEPT_LINES = 20;

    /** Allows more connections than the scenarios need, and does not close idle ones during a run. */
    private static final List<String> SETTINGS = List.of(
            "host=127.0.0.1",
            "port=0",
            "admin_port=0",
            "http.max_connections=30000",
            "http.idle_timeout=1h",
            "log.format=text",
            "log.level=warn");

    private final Path directory;
    private final Process process;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final CompletableFuture<ClientUrl> url = new CompletableFuture<>();

    private BenchServer(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
        Thread.ofVirtual().name("hasten-bench-server-output").start(this::readOutput);
    }

    /**
     * Starts the server and waits until it listens.
     *
     * @param settings configuration values in addition to those that a benchmark needs
     * @throws IOException if the server does not start; the message contains its last lines of output
     */
    static BenchServer start(Map<String, String> settings) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("hasten-bench");
        try {
            ProcessBuilder builder = new ProcessBuilder(command(directory, settings)).redirectErrorStream(true);
            // Only DATABASE_URL and the command line may configure a run, so that runs are comparable.
            builder.environment().keySet().removeIf(name -> name.startsWith("HASTEN_"));
            BenchServer server = new BenchServer(directory, builder.start());
            server.awaitUrl();
            return server;
        } catch (IOException e) {
            delete(directory);
            throw e;
        }
    }

    private static List<String> command(Path directory, Map<String, String> settings) {
        // Ctrl-C reaches all processes of a terminal, but this one must run until the tables are dropped. A JVM that is
        // started with SIGINT ignored keeps ignoring it.
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "hasten-bench"));
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-agentlib"))
                .toList());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), HastenCli.class.getName(), "serve"));
        List<String> all = new ArrayList<>(SETTINGS);
        all.add("state_dir=" + directory);
        settings.forEach((key, value) -> all.add(key + "=" + value));
        all.forEach(setting -> command.addAll(List.of("--set", setting)));
        return command;
    }

    private void readOutput() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher found = URL.matcher(line);
                if (found.matches()) {
                    url.complete(ClientUrl.parse(found.group(1)));
                } else {
                    keep(line);
                }
            }
        } catch (IOException e) {
            keep(e.toString());
        }
        url.completeExceptionally(new IOException("the benchmark server did not start:\n" + lastLines()));
    }

    private void keep(String line) {
        synchronized (lastLines) {
            lastLines.add(line);
            if (lastLines.size() > KEPT_LINES) {
                lastLines.remove();
            }
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The exception for a server that ended unexpectedly. */
    IOException end(IOException cause) {
        return new IOException(
                "the benchmark server ended unexpectedly with status " + process.exitValue() + ":\n" + lastLines(),
                cause);
    }

    /** The last lines of output, without the URL, which contains a key. */
    private String lastLines() {
        synchronized (lastLines) {
            return String.join("\n", lastLines);
        }
    }

    private void awaitUrl() throws IOException, InterruptedException {
        try {
            url.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close();
            throw e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException(
                            "the benchmark server did not start within " + START_SECONDS + " s:\n" + lastLines());
        } catch (InterruptedException e) {
            close();
            throw e;
        }
    }

    /** The address and key of the server. */
    ClientUrl url() {
        return url.join();
    }

    /** The process of the server. */
    ProcessHandle process() {
        return process.toHandle();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        delete(directory);
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
