package dev.hasten.cli;

import dev.hasten.admin.AdminToken;
import dev.hasten.cli.ServerPort.AdminPort;
import dev.hasten.config.Config;
import dev.hasten.config.Origin;
import dev.hasten.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Finds the admin API of the server that was started with a configuration. */
final class AdminPorts {
    private AdminPorts() {}

    /**
     * Returns the admin API.
     *
     * @throws ParameterException if the configuration does not determine its port
     * @throws ServerClientException if no server has been started with the configuration
     * @throws IOException if the token cannot be read
     */
    static AdminPort of(Config config, CommandLine command) throws IOException, ServerClientException {
        ServerConfig server = config.server();
        if (server.adminPort() == 0) {
            throw new ParameterException(
                    command,
                    "admin_port is 0, so the server uses any free port; pass the port that it printed at startup with"
                            + " --set admin_port=PORT");
        }
        AdminToken token = AdminToken.find(server);
        if (token == null) {
            throw new ServerClientException("no admin token found in " + AdminToken.fileOf(server.stateDir())
                    + ": no server has been started with this state_dir. Use the configuration of the server");
        }
        boolean isDefault = config.values()
                .origin("admin_port")
                .filter(Origin.Default.class::isInstance)
                .isPresent();
        SSLContext trusted = trusted(config);
        return new AdminPort(
                URI.create((trusted == null ? "http://" : "https://") + reachable(server.adminHost()) + ":"
                        + server.adminPort()),
                token.authorization(),
                token.file() == null ? "in admin_token" : "in " + token.file(),
                isDefault ? AdminPort.PortOrigin.DEFAULT : AdminPort.PortOrigin.CONFIGURED,
                trusted);
    }

    /** What to trust if the admin port uses TLS; null if it does not. */
    private static @Nullable SSLContext trusted(Config config) throws IOException {
        if (!config.tls().enabled() || !config.server().adminTls()) {
            return null;
        }
        Path certificate = config.tls().cert();
        return certificate == null
                ? TrustedAuthorities.context(
                        config.server().stateDir().resolve("tls").resolve("ca.pem"))
                : PinnedCertificate.context(certificate);
    }

    /** The address to connect to for an address to listen on. */
    private static String reachable(String host) {
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "[::]" -> "[::1]";
            default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        };
    }
}
