package dev.hasten.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.config.Secret;
import dev.hasten.config.TlsConfig;
import dev.hasten.http.TlsContexts;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The connection URL of an app that uses Prisma Client.
 *
 * @param server the URL that requests are sent to, such as {@code http://localhost:4466}
 * @param key the API key; null if the URL has none
 */
record ClientUrl(URI server, @Nullable String key) {
    private static final String KEY_PARAMETER = "api_key=";

    /**
     * Returns the URL of a server on this machine, with the name in its certificate if it has one.
     *
     * @param port the port number, or a placeholder if it is not known
     * @param token the token of an API key
     * @throws dev.hasten.http.HttpServerException if the certificate cannot be read
     */
    static String of(TlsConfig tls, String port, String token) {
        // Clients use http for prisma+postgres:// on localhost, and always https for prisma://.
        String server = tls.enabled()
                ? "prisma://" + (tls.cert() == null ? "localhost" : TlsContexts.serverName(tls.cert()))
                : "prisma+postgres://localhost";
        return server + ":" + port + "/?" + KEY_PARAMETER + token;
    }

    /**
     * Parses a URL as Prisma Client does: the path is ignored, and {@code prisma+postgres} means http for localhost and
     * https for all other hosts. Also accepts {@code http} and {@code https} URLs.
     *
     * @throws IllegalArgumentException if the URL is invalid; the message never contains the URL, which includes a key
     */
    static ClientUrl parse(String text) {
        try {
            URI url = new URI(text.strip());
            String host = url.getHost();
            String scheme = url.getScheme();
            if (host != null && scheme != null) {
                String http = http(scheme.toLowerCase(Locale.ROOT), host.toLowerCase(Locale.ROOT));
                return new ClientUrl(new URI(http, null, host, url.getPort(), null, null, null), key(url));
            }
        } catch (URISyntaxException e) {
            // Reported below; the exception's own message would contain the key.
        }
        throw notAllowed();
    }

    private static String http(String scheme, String host) {
        return switch (scheme) {
            case "http", "https" -> scheme;
            case "prisma" -> "https";
            case "prisma+postgres" ->
                Stream.of("localhost", "127.0.0.1", "[::1]").anyMatch(host::contains) ? "http" : "https";
            default -> throw notAllowed();
        };
    }

    private static @Nullable String key(URI url) {
        String query = url.getRawQuery() == null ? "" : url.getRawQuery();
        return Stream.of(query.split("&", -1))
                .filter(parameter -> parameter.startsWith(KEY_PARAMETER))
                .map(parameter -> URLDecoder.decode(parameter.substring(KEY_PARAMETER.length()), UTF_8))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse(null);
    }

    private static IllegalArgumentException notAllowed() {
        return new IllegalArgumentException(
                "invalid URL; use prisma+postgres://HOST:PORT/?api_key=KEY (or prisma://, https:// or http://)");
    }

    @Override
    public String toString() {
        return server + " with " + (key == null ? "no key" : Secret.MASK);
    }
}
