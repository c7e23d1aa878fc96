package dev.hasten.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An embedded PostgreSQL for a single test, which may stop it, restart it on the same port with the same data, or send
 * signals to its processes.
 */
public final class PostgresServer implements AutoCloseable {
    private final Path directory;
    private final int port;
    private final Map<String, String> settings = new LinkedHashMap<>(Map.of(
            "max_connections",
            "100",
            "wal_level",
            "logical",
            "max_prepared_transactions",
            "4",
            "fsync",
            "off",
            "shared_preload_libraries",
            "pg_stat_statements"));
    private @Nullable EmbeddedPostgres running;

    private PostgresServer(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Returns a server that is not started yet. */
    public static PostgresServer stopped() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new PostgresServer(Files.createTempDirectory("hasten-test-postgres"), socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a running server. */
    public static PostgresServer started() {
        PostgresServer server = stopped();
        server.start();
        return server;
    }

    /** Sets a parameter of the server, before it starts. */
    public PostgresServer with(String parameter, String value) {
        settings.put(parameter, value);
        return this;
    }

    /** Starts the server with its existing data, unless it is running. */
    public void start() {
        if (running != null) {
            return;
        }
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data())
                .setCleanDataDirectory(false)
                .setPort(port)
                .setErrorRedirector(Redirect.appendTo(log()))
                .setOutputRedirector(Redirect.appendTo(log()));
        // pg_ctl passes them to a shell.
        settings.forEach((parameter, value) -> builder.setServerConfig(parameter, "'" + value + "'"));
        PgBinaryResolver binaries = OldestPostgres.wanted();
        if (binaries != null) {
            builder.setPgBinaryResolver(binaries);
        }
        try {
            running = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Shuts the server down normally; this ends its connections. */
    public void stop() {
        EmbeddedPostgres server = running;
        running = null;
        if (server != null) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Shuts the server down immediately: it tells its clients, but writes no checkpoint. */
    public void stopImmediately() {
        List<ProcessHandle> processes = processes();
        signal("QUIT", processes.getFirst().pid());
        awaitEnd(processes);
    }

    /** Kills all processes of the server. */
    public void kill() {
        List<ProcessHandle> processes = processes();
        processes.forEach(process -> signalIfRunning("KILL", process));
        awaitEnd(processes);
    }

    private void awaitEnd(List<ProcessHandle> processes) {
        processes.forEach(process -> process.onExit().join());
        stop();
    }

    /** Sends a signal to all processes of the server. */
    public void signalAll(String signal) {
        processes().forEach(process -> signalIfRunning(signal, process));
    }

    /** A session's process may end at any time. */
    private static void signalIfRunning(String signal, ProcessHandle process) {
        try {
            signal(signal, process.pid());
        } catch (IllegalStateException e) {
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    private List<ProcessHandle> processes() {
        try {
            long pid = Long.parseLong(
                    Files.readAllLines(data().resolve("postmaster.pid")).getFirst());
            ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
            return Stream.concat(Stream.of(server), server.descendants()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a standby of this server, which must be stopped; it is not started yet. */
    public PostgresServer standby() {
        PostgresServer standby = stopped();
        standby.settings.putAll(settings);
        try (Stream<Path> files = Files.walk(data())) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(
                        file,
                        standby.data().resolve(data().relativize(file).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING);
            }
            Files.createFile(standby.data().resolve("standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return standby.with("primary_conninfo", "host=127.0.0.1 user=postgres port=" + port);
    }

    /** Sends a signal such as KILL or STOP to a process. */
    public static void signal(String signal, long pid) {
        try {
            int status = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid + " gave " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the server's log. */
    public String logText() {
        try {
            return Files.readString(log().toPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the port, which is fixed before the server starts. */
    public int port() {
        return port;
    }

    /** Returns the client URL of a database. */
    public String url(String database) {
        return "postgresql://postgres@127.0.0.1:" + port + "/" + database;
    }

    private Path data() {
        return directory.resolve("data");
    }

    private File log() {
        return directory.resolve("postgres.log").toFile();
    }

    @Override
    public void close() {
        stop();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
