package dev.hasten.admin;

import dev.hasten.admission.ErrorResponses;
import dev.hasten.config.Config;
import dev.hasten.config.Origin;
import dev.hasten.http.HttpLimits;
import dev.hasten.http.HttpServer;
import dev.hasten.http.HttpServerException;
import dev.hasten.http.HttpServerOptions;
import dev.hasten.http.RequestObserver;
import dev.hasten.http.Router;
import dev.hasten.http.TrustedProxies;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.Certificates;
import dev.hasten.server.HastenServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of the {@link AdminApi}, on a separate port, so that a firewall can block it. It uses TLS if the client port
 * does.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    /** Enough for a few operators and metrics scrapers. */
    private static final int CONNECTIONS = 256;

    private static final int BODY_BYTES = 64 * 1024;

    private final HttpServer http;
    private final AdminToken token;
    private final String host;
    private final boolean tls;

    private AdminServer(HttpServer http, AdminToken token, String host, boolean tls) {
        this.http = http;
        this.token = token;
        this.host = host;
        this.tls = tls;
    }

    /**
     * Starts the server.
     *
     * @throws HttpServerException if the port or the token file cannot be used. If the default port is in use, any free
     *     port is used instead, so that a second server on the same machine needs no additional configuration
     */
    public static AdminServer start(HastenServer server) {
        Config config = server.config();
        Certificates certificates = config.server().adminTls() ? server.certificates() : null;
        String host = config.server().adminHost();
        int port = config.server().adminPort();
        AdminToken token =
                AdminToken.of(config.server().adminToken(), config.server().stateDir());
        Router routes = new AdminApi(server, token, Clock.systemUTC()).routes();
        HttpServer http;
        try {
            http = HttpServer.start(options(config, host, port, certificates), routes);
        } catch (HttpServerException e) {
            if (config.values()
                    .origin("admin_port")
                    .filter(Origin.Default.class::isInstance)
                    .isEmpty()) {
                throw e;
            }
            LOG.warn("{}. admin_port is not set, so any free port is used instead", e.getMessage());
            http = HttpServer.start(options(config, host, 0, certificates), routes);
        }
        if (!isLoopback(host) && certificates == null) {
            LOG.warn("the admin API listens on {} without TLS; keep this network private or use a TLS proxy", host);
        }
        return new AdminServer(http, token, host, certificates != null);
    }

    private static HttpServerOptions options(
            Config config, String host, int port, @Nullable Certificates certificates) {
        return new HttpServerOptions(
                "hasten-admin",
                new HttpServerOptions.Address(host, port),
                new HttpLimits(
                        (int) config.http().maxHeaderBytes(),
                        BODY_BYTES,
                        new HttpLimits.Timeouts(
                                config.http().headTimeout(),
                                config.http().bodyTimeout(),
                                config.http().bodyIdleTimeout(),
                                config.http().writeTimeout(),
                                config.http().idleTimeout()),
                        config.http().minBytesPerSecond(),
                        CONNECTIONS),
                certificates == null ? null : certificates::forAdmin,
                TrustedProxies.NONE,
                1,
                MemoryBudget.unlimited(),
                new HttpServerOptions.Callbacks(
                        (status, code, message) -> ErrorResponses.of(ApiError.of(status, code, message)),
                        RequestObserver.none()));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The URL of the server, such as {@code http://127.0.0.1:4467}. */
    public String url() {
        return (tls ? "https://" : "http://") + (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host)
                + ":" + port();
    }

    /** The bound port. */
    public int port() {
        return http.port();
    }

    /** The file that contains the token; null if the token is configured. */
    public @Nullable Path tokenFile() {
        return token.file();
    }

    @Override
    public void close() {
        http.close();
    }
}
