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

/** The server that a bench is for: one that runs, or one that is started. */
final class BenchTarget {
    private static final String KEY_VARIABLE = "HASTEN_API_KEY";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "As Prisma Client has it: prisma+postgres://HOST:PORT/?api_key=KEY.")
    private @Nullable String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "API key for a URL without one; " + KEY_VARIABLE + " does the same, and shows in no list of"
                    + " processes.")
    private @Nullable String key;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "PEM file with the authority that signed the server's certificate.")
    private @Nullable Path ca;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "The process of the server of --url, if it runs on this machine: its CPU time and memory are"
                    + " measured, too.")
    private @Nullable Long pid;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Without --url: a value of the configuration of the server that is started.")
    private Map<String, String> values = new LinkedHashMap<>();

    /**
     * A server that can be put under load.
     *
     * @param description for reports
     * @param process if it is known
     * @param own what has to be stopped afterwards; null if it was there before
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
     * Whether all goes together.
     *
     * @throws IllegalArgumentException saying what does not; never shows a key
     */
    void check() {
        if (url == null && (key != null || ca != null || pid != null)) {
            throw new IllegalArgumentException("--key, --ca and --pid need --url");
        }
        if (url != null) {
            if (!values.isEmpty()) {
                throw new IllegalArgumentException(
                        "--set does not go with --url: it is for a server that is started here");
            }
            keyOf(parse(url));
        }
        process();
    }

    /**
     * Starts a server if none is given.
     *
     * @throws IOException when it does not start, or the file of --ca cannot be used
     */
    Ready open() throws IOException, InterruptedException {
        if (url != null) {
            ClientUrl parsed = parse(url);
            return new Ready(target(parsed.server(), keyOf(parsed)), "was there before", process(), null);
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
                    throw new IllegalArgumentException("the API key has characters that cannot be sent");
                }
                return given.strip();
            }
        }
        throw new IllegalArgumentException(
                "--url needs an API key: in the URL as api_key=KEY, by --key, or in " + KEY_VARIABLE);
    }

    private @Nullable ServerProcess process() {
        Long id = pid;
        return id == null
                ? null
                : new ServerProcess(ProcessHandle.of(id)
                        .orElseThrow(() -> new IllegalArgumentException("--pid: there is no process " + id)));
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
            throw new IOException("this Java has no TLS", e);
        }
    }
}
