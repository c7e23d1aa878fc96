package dev.hasten.cli;

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
 * A PostgreSQL of our own for trying things out: real binaries, data kept in the state directory, reachable from this
 * machine only, no password.
 */
final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    /** Taken when it is free, so that DIRECT_URL usually stays the same. */
    private static final int USUAL_PORT = 54466;

    private final int port;
    private final @Nullable EmbeddedPostgres postgres;

    private EmbeddedDatabase(int port, @Nullable EmbeddedPostgres postgres) {
        this.port = port;
        this.postgres = postgres;
    }

    /**
     * The container image comes without PostgreSQL's binaries: a database that lives and dies with a container is nobody's.
     *
     * @throws IOException when this installation cannot start a PostgreSQL
     */
    static void requireBinaries() throws IOException {
        try {
            Class.forName("io.zonky.test.db.postgres.embedded.EmbeddedPostgres");
        } catch (ClassNotFoundException e) {
            throw new IOException("no database is configured, and this installation brings none: set DATABASE_URL", e);
        }
    }

    /**
     * Starts it, or uses the one that an earlier process, killed without a chance to stop it, has left running.
     *
     * @throws IOException when it cannot be started; the reason stands in postgres.log
     */
    static EmbeddedDatabase start(Path stateDirectory) throws IOException {
        Path directory = stateDirectory.toAbsolutePath().resolve("postgres");
        Files.createDirectories(stateDirectory);
        Integer running = runningPort(directory);
        if (running != null) {
            LOG.info("using the embedded PostgreSQL that already runs on port {}", running);
            return new EmbeddedDatabase(running, null);
        }
        int port = isFree(USUAL_PORT) ? USUAL_PORT : anyFreePort();
        ProcessBuilder.Redirect log = ProcessBuilder.Redirect.appendTo(
                stateDirectory.toAbsolutePath().resolve("postgres.log").toFile());
        LOG.info("starting the embedded PostgreSQL on port {}", port);
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                .setErrorRedirector(log)
                .setOutputRedirector(log)
                .setServerConfig("timezone", "UTC")
                // Counts from now on; who wants to look says CREATE EXTENSION pg_stat_statements.
                .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                .start();
        return new EmbeddedDatabase(port, postgres);
    }

    /** Its address for clients on this machine. */
    String url() {
        return "postgresql://postgres@localhost:" + port + "/postgres";
    }

    /** The port in postmaster.pid, if that process is alive. */
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
        // The pid may belong to something else by now; a port that nobody listens on tells.
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
