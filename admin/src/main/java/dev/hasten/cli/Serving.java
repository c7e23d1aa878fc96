package dev.hasten.cli;

import dev.hasten.admin.AdminServer;
import dev.hasten.auth.ApiKey;
import dev.hasten.auth.CreatedKey;
import dev.hasten.config.Config;
import dev.hasten.config.KeyScope;
import dev.hasten.config.LogConfig;
import dev.hasten.files.FileErrors;
import dev.hasten.files.PrivateFiles;
import dev.hasten.http.HttpServerException;
import dev.hasten.http.InheritedSocket;
import dev.hasten.memory.MemoryWatchdog;
import dev.hasten.server.HastenServer;
import dev.hasten.telemetry.LogSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server of {@code hasten serve}: starts it, announces it, and stops it with the process. */
final class Serving {
    /** Not an exit status: the server is running and the process must not exit. */
    static final int STARTED = -1;

    /** The command as the user runs it: bin/hasten in a checkout. */
    private static final String COMMAND = System.getProperty("hasten.command", "hasten");

    private static final String FIRST_KEY = "first";

    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    /** How many API keys are named at the start. */
    private static final int LISTED_KEYS = 10;

    private final PrintWriter out;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private Serving(PrintWriter out) {
        this.out = out;
    }

    /**
     * Starts the server.
     *
     * @param source reads the configuration, also when it is reloaded
     * @param out receives the URL of the server
     * @return {@link #STARTED}
     */
    static int start(Supplier<Config> source, PrintWriter out) throws Exception {
        Config config = source.get();
        LogSetup.apply(config.log());
        config.warnings().forEach(LOG::warn);
        Serving serving = new Serving(out);
        try {
            serving.start(config, source);
        } catch (Exception e) {
            serving.stop();
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(serving::stopAndExit, "hasten-shutdown"));
        return STARTED;
    }

    private void start(Config given, Supplier<Config> source) throws Exception {
        requireWritable(given.server().stateDir());
        Config config = given;
        EmbeddedDatabase embedded = null;
        if (config.databases().isEmpty()) {
            EmbeddedDatabase.requireBinaries();
            embedded = EmbeddedDatabase.start(config.server().stateDir());
            started.push(embedded);
            config = config.withDatabase("default", embedded.url());
        }
        String embeddedUrl = embedded == null ? null : embedded.url();
        MemoryWatchdog.start();
        HastenServer server = HastenServer.start(
                config,
                () -> {
                    Config latest = source.get();
                    return embeddedUrl != null && latest.databases().isEmpty()
                            ? latest.withDatabase("default", embeddedUrl)
                            : latest;
                },
                InheritedSocket.find(System.getenv(), ProcessHandle.current().pid()));
        started.push(server);
        AdminServer admin = AdminServer.start(server);
        // The admin API must remain reachable while the server drains, so it is stopped later.
        started.remove(server);
        started.push(admin);
        started.push(server);
        announce(server, admin, embedded, firstKey(server));
    }

    /** Everything that the server writes is in this directory, so an error about it should name the key. */
    private static void requireWritable(Path stateDir) {
        try {
            PrivateFiles.createDirectories(stateDir);
        } catch (IOException e) {
            throw new HttpServerException(
                    "state_dir cannot be used: " + FileErrors.reason(e)
                            + ". Set state_dir to a directory that the user of Hasten can write",
                    e);
        }
        if (!Files.isWritable(stateDir)) {
            throw new HttpServerException("state_dir cannot be used: " + stateDir
                    + " is not writable. Set state_dir to a directory that the user of Hasten can write");
        }
    }

    /**
     * Creates an API key if no key exists, because a server without keys cannot be used. Does nothing with JSON logs:
     * output that goes to a log collector must not contain a key.
     */
    private static @Nullable CreatedKey firstKey(HastenServer server) {
        if (!server.keys().list().isEmpty()) {
            return null;
        }
        if (server.config().log().format() == LogConfig.Format.JSON) {
            LOG.warn("there is no API key yet; create one with: {} keys create --name NAME", COMMAND);
            return null;
        }
        return server.keys()
                .create(FIRST_KEY, server.databases().keySet().iterator().next(), KeyScope.DEFAULT, null);
    }

    /**
     * Prints the URL of the server and the settings for apps: on standard output, or in the log if its format is JSON.
     */
    private void announce(
            HastenServer server, AdminServer admin, @Nullable EmbeddedDatabase embedded, @Nullable CreatedKey key) {
        List<String> lines = new ArrayList<>();
        lines.add("Hasten listens on " + (server.usesTls() ? "https" : "http") + "://localhost:" + server.port());
        String token = key == null ? "YOUR_KEY" : key.token();
        lines.add(
                "DATABASE_URL=\"" + ClientUrl.of(server.config().tls(), Integer.toString(server.port()), token) + "\"");
        if (embedded != null) {
            lines.add("DIRECT_URL=\"" + embedded.url() + "\"");
        }
        String more = COMMAND + " keys create --name NAME";
        if (key != null) {
            lines.add("The API key is shown only once; its name is \"" + FIRST_KEY + "\". Create more with: " + more);
        } else {
            List<ApiKey> keys = server.keys().list();
            lines.add("API keys: "
                    + keys.stream().limit(LISTED_KEYS).map(ApiKey::id).toList()
                    + (keys.size() > LISTED_KEYS ? " and " + (keys.size() - LISTED_KEYS) + " more" : "")
                    + "; replace YOUR_KEY with your key, or create one with: " + more);
        }
        if (server.developmentCa() != null) {
            String ca = "=\"" + server.developmentCa() + "\"";
            lines.add("To trust its certificate, run apps in Node.js, Bun and wrangler with NODE_EXTRA_CA_CERTS" + ca
                    + ", and in Deno with DENO_CERT" + ca);
        }
        lines.add("The dashboard and the admin API are at " + admin.url() + "; the token is "
                + (admin.tokenFile() == null ? "admin_token in the configuration" : "in " + admin.tokenFile()));
        switch (server.config().log().format()) {
            case TEXT -> {
                lines.forEach(out::println);
                out.flush();
            }
            case JSON -> lines.forEach(LOG::info);
        }
    }

    private void stopAndExit() {
        stop();
        LogSetup.close();
        // A JVM that is stopped by a signal exits with an error status, but an orderly stop is a success.
        Runtime.getRuntime().halt(0);
    }

    private void stop() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                LOG.error("an error occurred while stopping", e);
            }
        }
    }
}
