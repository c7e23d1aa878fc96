package dev.hasten.admin;

import dev.hasten.admission.ErrorAnswers;
import dev.hasten.config.Config;
import dev.hasten.config.Origin;
import dev.hasten.http.HttpLimits;
import dev.hasten.http.HttpServer;
import dev.hasten.http.HttpServerException;
import dev.hasten.http.HttpServerOptions;
import dev.hasten.http.RequestObserver;
import dev.hasten.http.Router;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listener of the {@link AdminApi}: plain HTTP on a port of its own, so that a firewall can tell it from clients. */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    /** A few operators and scrapers, whose largest request is a new key. */
    private static final int CONNECTIONS = 256;

    private static final int BODY_BYTES = 64 * 1024;

    private final HttpServer http;
    private final AdminToken token;
    private final String host;

    private AdminServer(HttpServer http, AdminToken token, String host) {
        this.http = http;
        this.token = token;
        this.host = host;
    }

    /**
     * Starts to serve.
     *
     * @throws HttpServerException when the port cannot be used, or the token's file. Only a default port that is taken is
     *     no error: any free one is used then, because a second server on a machine should not need a key that nobody
     *     cares about
     */
    public static AdminServer start(HastenServer server) {
        Config config = server.config();
        String host = config.server().adminHost();
        int port = config.server().adminPort();
        AdminToken token = AdminToken.of(config.server());
        Router routes = new AdminApi(server, token, Clock.systemUTC()).routes();
        HttpServer http;
        try {
            http = HttpServer.start(options(config, host, port), routes);
        } catch (HttpServerException e) {
            if (config.values()
                    .origin("admin_port")
                    .filter(Origin.Default.class::isInstance)
                    .isEmpty()) {
                throw e;
            }
            LOG.warn("{}. As admin_port is not set, any free port is taken", e.getMessage());
            http = HttpServer.start(options(config, host, 0), routes);
        }
        if (!isLoopback(host)) {
            LOG.warn(
                    "the admin API listens on {} without TLS: keep that network private, or put a TLS proxy before it",
                    host);
        }
        return new AdminServer(http, token, host);
    }

    private static HttpServerOptions options(Config config, String host, int port) {
        return new HttpServerOptions(
                "hasten-admin",
                host,
                port,
                new HttpLimits(
                        (int) config.http().headerBytes(),
                        BODY_BYTES,
                        config.http().bodyTimeout(),
                        config.http().headTimeout(),
                        config.http().writeTimeout(),
                        config.http().idleTimeout(),
                        config.http().minBytesPerSecond(),
                        CONNECTIONS),
                null,
                MemoryBudget.unlimited(),
                1,
                (status, code, message) -> ErrorAnswers.of(ApiError.of(status, code, message)),
                RequestObserver.none());
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Where it listens, such as {@code http://127.0.0.1:4467}. */
    public String url() {
        return "http://" + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port();
    }

    /** The bound port. */
    public int port() {
        return http.port();
    }

    /** Where the token can be read; null when it is the configured one. */
    public @Nullable Path tokenFile() {
        return token.file();
    }

    @Override
    public void close() {
        http.close();
    }
}
