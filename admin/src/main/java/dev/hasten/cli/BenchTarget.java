package dev.hasten.cli;

import dev.hasten.bench.http.Target;
import dev.hasten.bench.setup.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The server under test: either a running one or one that is started for the benchmark. */
final class BenchTarget {
    private static final String KEY_VARIABLE = "HASTEN_API_KEY";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "URL of the server, in Prisma Client's format: prisma+postgres://HOST:PORT/?api_key=KEY.")
    private @Nullable String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "API key, if the URL has none. The variable " + KEY_VARIABLE
                    + " does the same but is not visible in the process list.")
    private @Nullable String key;

    @Option(names = "--ca", paramLabel = "FILE", description = "PEM file with the certificate authority of the server.")
    private @Nullable Path ca;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description =
                    "Process id of the server of --url, if it runs on this machine. Its CPU time and memory are then"
                            + " measured as well.")
    private @Nullable Long pid;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Configuration value for the server that is started; only without --url.")
    private Map<String, String> values = new LinkedHashMap<>();

    /**
     * A server that is ready for load.
     *
     * @param description for reports
     * @param process the server process; null if unknown
     * @param own the server to stop afterwards; null if it was already running
     */
    record Ready(
            Target target,
            String description,
            @Nullable ServerProcess process,
            @Nullable BenchServer own) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (own != null) {
                own.close();
            }
        }
    }

    /**
     * Checks that the options are consistent.
     *
     * @throws IllegalArgumentException if they are not; the message never contains a key
     */
    void check() {
        if (url == null && (key != null || ca != null || pid != null)) {
            throw new IllegalArgumentException("--key, --ca and --pid require --url");
        }
        if (url != null) {
            if (!values.isEmpty()) {
                throw new IllegalArgumentException(
                        "--set cannot be used with --url: it configures a server that is started for the benchmark");
            }
            keyOf(parse(url));
        }
        process();
    }

    /**
     * Starts a server if no URL is given.
     *
     * @throws IOException if the server does not start, or the file of --ca cannot be used
     */
    Ready open() throws IOException, InterruptedException {
        if (url != null) {
            ClientUrl parsed = parse(url);
            return new Ready(target(parsed.server(), keyOf(parsed)), "already running", process(), null);
        }
        BenchServer server = BenchServer.start(values);
        ClientUrl started = server.url();
        return new Ready(
                target(started.server(), keyOf(started)),
                "started by hasten bench" + (values.isEmpty() ? "" : " with " + values.keySet()),
                new ServerProcess(server.process()),
                server);
    }

    private static ClientUrl parse(String text) {
        try {
            return ClientUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--url: " + e.getMessage(), e);
        }
    }

    private String keyOf(ClientUrl parsed) {
        for (String given : new String[] {parsed.key(), key, System.getenv(KEY_VARIABLE)}) {
            if (given != null && !given.isBlank()) {
                if (!given.strip().matches("[\\x21-\\x7e]+")) {
                    throw new IllegalArgumentException(
                            "the API key contains characters that are not allowed in an HTTP header");
                }
                return given.strip();
            }
        }
        throw new IllegalArgumentException(
                "--url requires an API key: set it in the URL as api_key=KEY, with --key, or in " + KEY_VARIABLE);
    }

    private @Nullable ServerProcess process() {
        Long id = pid;
        return id == null
                ? null
                : new ServerProcess(ProcessHandle.of(id)
                        .orElseThrow(() -> new IllegalArgumentException("--pid: no such process: " + id)));
    }

    private Target target(URI server, String apiKey) throws IOException {
        boolean tls = server.getScheme().equals("https");
        String host = server.getHost();
        int port = server.getPort() > 0 ? server.getPort() : tls ? 443 : 80;
        return new Target(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                port,
                tls ? trusted() : null,
                apiKey);
    }

    private SSLContext trusted() throws IOException {
        if (ca != null) {
            return TrustedAuthorities.context(ca);
        }
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("this Java installation does not support TLS", e);
        }
    }
}
