package dev.hasten.admin;

import dev.hasten.config.ServerConfig;
import dev.hasten.http.Exchange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Refuses requests that a browser sends for a page of another site. Such a page can reach the port of a developer's machine
 * with DNS rebinding: it has a name that its owner points to 127.0.0.1. Then the Host header has that name.
 */
final class RequestOrigin {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]+\\]");
    private static final Pattern PORT = Pattern.compile(":\\d+$");
    private static final String LOCALHOST = "localhost";

    private final Supplier<ServerConfig> config;
    private final String machine;

    RequestOrigin(Supplier<ServerConfig> config) {
        this.config = config;
        this.machine = machineName();
    }

    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
        } catch (UnknownHostException e) {
            return LOCALHOST;
        }
    }

    /** Whether the Host header names this server. */
    boolean hasOwnHost(Exchange exchange) {
        String header = exchange.header("host");
        // Only HTTP/1.0 has none, and no browser uses that.
        return header == null || isOwn(PORT.matcher(header).replaceFirst("").toLowerCase(Locale.ROOT));
    }

    private boolean isOwn(String host) {
        ServerConfig server = config.get();
        String allowed = server.adminAllowedHosts();
        // A public name has a dot, and nobody can point an address elsewhere.
        return IPV6.matcher(host).matches()
                || IPV4.matcher(host).matches()
                || host.indexOf('.') < 0
                || host.endsWith("." + LOCALHOST)
                || host.equals(machine)
                || host.equals(server.adminHost().toLowerCase(Locale.ROOT))
                || (allowed != null
                        && Arrays.stream(allowed.split(","))
                                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                                .anyMatch(host::equals));
    }

    /** Whether the request comes from a page of this server, or from no page. */
    boolean isOwnOrigin(Exchange exchange) {
        String origin = exchange.header("origin");
        if (origin == null) {
            return true;
        }
        String host = exchange.header("host");
        return host != null && origin.replaceFirst("^https?://", "").equalsIgnoreCase(host);
    }
}
