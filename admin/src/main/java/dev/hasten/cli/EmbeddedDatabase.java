package dev.hasten.cli;

import dev.hasten.files.PrivateFiles;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedded PostgreSQL for trying out Hasten. It runs the real PostgreSQL binaries, keeps its data in the state
 * directory, is reachable only from this machine and has no password.
 */
final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    /** Used if it is free, so that DIRECT_URL usually stays the same. */
    private static final int USUAL_PORT = 54466;

    private final int port;
    private final @Nullable EmbeddedPostgres postgres;

    private EmbeddedDatabase(int port, @Nullable EmbeddedPostgres postgres) {
        this.port = port;
        this.postgres = postgres;
    }

    /**
     * Checks that the PostgreSQL binaries are installed. The container image does not include them, because the data of
     * an embedded database would be lost together with the container.
     *
     * @throws IOException if this installation does not include the binaries
     */
    static void requireBinaries() throws IOException {
        try {
            Class.forName("io.zonky.test.db.postgres.embedded.EmbeddedPostgres");
        } catch (ClassNotFoundException e) {
            throw new IOException(
                    "no database is configured and this installation does not include PostgreSQL; set DATABASE_URL", e);
        }
    }

    /**
     * Starts the database, or uses one that is still running because an earlier process was killed before it could
     * stop it.
     *
     * @throws IOException if it cannot be started; see postgres.log for the reason
     */
    static EmbeddedDatabase start(Path stateDirectory) throws IOException {
        Path directory = stateDirectory.toAbsolutePath().resolve("postgres");
        PrivateFiles.createDirectories(stateDirectory);
        Integer running = runningPort(directory);
        if (running != null) {
            LOG.info("using the embedded PostgreSQL that is already running on port {}", running);
            return new EmbeddedDatabase(running, null);
        }
        int port = isFree(USUAL_PORT) ? USUAL_PORT : anyFreePort();
        Path logFile = stateDirectory.toAbsolutePath().resolve("postgres.log");
        ProcessBuilder.Redirect log = ProcessBuilder.Redirect.appendTo(logFile.toFile());
        LOG.info("starting the embedded PostgreSQL on port {}", port);
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                .setErrorRedirector(log)
                .setOutputRedirector(log)
                .setServerConfig("timezone", "UTC")
                // Collects statistics from the start; run CREATE EXTENSION pg_stat_statements to query them.
                .setServerConfig("shared_preload_libraries", "pg_stat_statements");
        try {
            return new EmbeddedDatabase(port, builder.start());
        } catch (IOException e) {
            throw new IOException(
                    "the embedded PostgreSQL did not start (%s); see %s, or set DATABASE_URL to use another database"
                            .formatted(e.getMessage(), logFile),
                    e);
        }
    }

    /** The URL for clients on this machine. */
    String url() {
        return "postgresql://postgres@localhost:" + port + "/postgres";
    }

    /** The port in postmaster.pid if the database is running, otherwise null. */
    private static @Nullable Integer runningPort(Path directory) throws IOException {
        Path pidFile = directory.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return null;
        }
        List<String> lines = Files.readAllLines(pidFile);
        boolean alive = lines.size() > 3
                && ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                        .map(ProcessHandle::isAlive)
                        .orElse(false);
        if (!alive) {
            return null;
        }
        int port = Integer.parseInt(lines.get(3).strip());
        // The pid may have been reused by another process; then nothing listens on the port.
        return isFree(port) ? null : port;
    }

    private static boolean isFree(int port) {
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int anyFreePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        if (postgres != null) {
            postgres.close();
        }
    }
}
