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
 * A {@code hasten serve} for a bench that is given no server: a process of its own, so that heap and CPU time of server and
 * generator are told apart, with a state directory that is gone afterwards.
 */
final class BenchServer implements AutoCloseable {
    private static final Pattern URL = Pattern.compile("DATABASE_URL=\"(.+)\"");
    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 30;
    private static final int KEPT_LINES = 20;

    /** More than the scenarios need; and idle connections stay. */
    private static final List<String> SETTINGS = List.of(
            "host=127.0.0.1",
            "port=0",
            "admin_port=0",
            "http.connections=30000",
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
     * Starts it, and waits until it listens.
     *
     * @param settings of its configuration, on top of what a bench needs
     * @throws IOException when it does not start; its last lines say why
     */
    static BenchServer start(Map<String, String> settings) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("hasten-bench");
        try {
            ProcessBuilder builder = new ProcessBuilder(command(directory, settings)).redirectErrorStream(true);
            // Every run is to be the same but for what is said on the command line; DATABASE_URL stays.
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
        // Ctrl-C reaches all processes of a terminal, and this one has to live until the tables are dropped: a JVM that
        // begins with SIGINT ignored leaves it so.
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
        url.completeExceptionally(new IOException("the server of the bench did not start:\n" + lastLines()));
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

    /** That it has ended before it was asked to. */
    IOException end(IOException cause) {
        return new IOException(
                "the server of the bench has ended with status " + process.exitValue() + ":\n" + lastLines(), cause);
    }

    /** What it wrote last, without its URL. */
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
                            "the server of the bench did not start in " + START_SECONDS + " s:\n" + lastLines());
        } catch (InterruptedException e) {
            close();
            throw e;
        }
    }

    /** Its address and key. */
    ClientUrl url() {
        return url.join();
    }

    /** Its process. */
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
