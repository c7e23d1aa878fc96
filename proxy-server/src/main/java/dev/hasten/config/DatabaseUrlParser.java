package dev.hasten.config;

import dev.hasten.config.DatabaseUrl.Host;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses a database URL. {@link java.net.URI} is not suitable: it supports only one host and rejects passwords that
 * other clients accept. Messages never quote the user and password, nor anything that may be part of a password with an
 * unescaped delimiter.
 */
final class DatabaseUrlParser {
    private static final Pattern SHAPE =
            Pattern.compile("postgres(?:ql)?://(?<authority>[^/?#]*)(?:/(?<path>[^?#]*))?(?:\\?(?<query>[^#]*))?");
    private static final Pattern HOST = Pattern.compile("(?<name>\\[[0-9A-Fa-f:.%]+]|[^:\\[\\]]*)(?::(?<port>.*))?");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9._-]+|\\[.+]");
    private static final Pattern PARAMETER_NAME = Pattern.compile("[A-Za-z0-9_.-]+");
    private static final String ESCAPE =
            "percent-encode the characters / ? # @ : % and spaces in user and password (/ is %2F)";

    private final String url;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    DatabaseUrlParser(String url) {
        this.url = url;
    }

    DatabaseUrl parse() {
        if (!url.startsWith("postgres://") && !url.startsWith("postgresql://")) {
            throw failure("it must start with postgresql:// or postgres://");
        }
        Matcher shape = SHAPE.matcher(url);
        if (!shape.matches()) {
            throw failure("it contains a #; " + ESCAPE);
        }
        String authority = shape.group("authority");
        String path = textOf(shape.group("path"));
        String query = textOf(shape.group("query"));
        int at = authority.lastIndexOf('@');
        if (path.contains("@") || (at < 0 && url.contains("@"))) {
            throw failure("it has an unexpected @ after the first / or ?; " + ESCAPE);
        }
        String userInfo = authority.substring(0, Math.max(at, 0));
        int colon = userInfo.indexOf(':');
        String user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon), "the user");
        if (user.isEmpty()) {
            problems.add("it has no user");
        }
        String password = colon < 0 ? null : decode(userInfo.substring(colon + 1), "the password");

        Map<String, String> parameters = parameters(query);
        List<Host> hosts = hosts(authority.substring(at + 1));
        String database = decode(path, "the database");
        if (database.indexOf('/') >= 0) {
            problems.add("the database name contains a /; " + ESCAPE);
        }
        checkTls(parameters);
        if (!problems.isEmpty()) {
            throw failure(String.join("; ", problems));
        }
        DatabaseUrl parsed = new DatabaseUrl(
                user,
                password == null || password.isEmpty() ? null : new Secret(password),
                hosts,
                database.isEmpty() ? "postgres" : database,
                parameters,
                warnings);
        boolean clientKey = parameters.containsKey("sslkey") || parameters.containsKey("sslidentity");
        if (clientKey && parsed.sslMode().verifies() && parsed.rootCertificate() == null) {
            // pgjdbc's SSL factory for Java's trust store does not support client certificates.
            throw failure("with sslkey or sslidentity and a verifying sslmode, sslrootcert is required; set it to a"
                    + " PEM file");
        }
        return parsed;
    }

    /** Percent-encodes everything except letters, digits and {@code -._~/}, for display and for JDBC. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/")
                .replace("*", "%2A");
    }

    private List<Host> hosts(String text) {
        List<Host> hosts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (!part.startsWith("[") && part.indexOf(':') != part.lastIndexOf(':')) {
                problems.add("a host contains two colons; put an IPv6 address in brackets, as in [::1]; " + ESCAPE);
                continue;
            }
            Matcher matcher = HOST.matcher(part);
            if (!matcher.matches()) {
                problems.add("a host is invalid; use a name, an address or [an IPv6 address], with an optional :port; "
                        + ESCAPE);
                continue;
            }
            String name = decode(textOf(matcher.group("name")), "a host");
            Integer port = port(matcher.group("port"));
            if (name.isEmpty()) {
                problems.add("it has no host");
            } else if (name.startsWith("/")) {
                problems.add(unixSocket());
            } else if (!HOST_NAME.matcher(name).matches()) {
                problems.add("a host name contains an invalid character; " + ESCAPE);
            } else if (port == null) {
                problems.add("a port is invalid; use a number from 1 to 65535; " + ESCAPE);
            } else {
                hosts.add(new Host(name, port));
            }
        }
        return hosts;
    }

    private static String unixSocket() {
        return "Unix sockets are not supported; use a host and a port (localhost:5432)";
    }

    private static @Nullable Integer port(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return 5432;
        }
        if (!text.matches("\\d{1,5}")) {
            return null;
        }
        int port = Integer.parseInt(text);
        return port >= 1 && port <= 65535 ? port : null;
    }

    /** Known parameters by name. If a parameter is repeated, the last value wins, as in Prisma. */
    private Map<String, String> parameters(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String part : query.split("&", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            String name = decode(equals < 0 ? part : part.substring(0, equals), "a parameter's name");
            // Form encoding, as in Prisma: a + is a space.
            String value = equals < 0 ? "" : decode(part.substring(equals + 1).replace('+', ' '), "parameter " + name);
            if (!PARAMETER_NAME.matcher(name).matches()) {
                problems.add("a parameter name contains an invalid character; " + ESCAPE);
            } else if (name.equals("host") && value.startsWith("/")) {
                problems.add(unixSocket());
            } else {
                UrlParameter.of(name)
                        .ifPresentOrElse(
                                parameter -> put(parameters, parameter, value),
                                () -> warnings.add("parameter " + name + " is unknown and is ignored"));
            }
        }
        return parameters;
    }

    private void put(Map<String, String> parameters, UrlParameter parameter, String value) {
        if (parameter.accepts(value)) {
            parameters.put(parameter.text(), value);
        } else {
            problems.add("parameter " + parameter.text() + " must be " + parameter.allowed());
        }
    }

    private void checkTls(Map<String, String> parameters) {
        boolean key = parameters.containsKey("sslkey");
        boolean identity = parameters.containsKey("sslidentity");
        boolean pkcs12 = key && parameters.getOrDefault("sslkey", "").matches(".+\\.(p12|pfx)");
        if (key && identity) {
            problems.add("sslkey and sslidentity both set a client key; set only one of them");
        } else if (key && !pkcs12 && !parameters.containsKey("sslcert")) {
            problems.add("sslkey requires sslcert, the client certificate");
        } else if (!key && parameters.containsKey("sslcert")) {
            if (parameters.containsKey("sslrootcert")) {
                problems.add("sslcert requires sslkey, the client's private key");
            } else {
                warnings.add("sslcert without sslkey is treated as the root certificate, as in Prisma");
            }
        }
        if ("strict".equals(parameters.get("sslaccept")) && !"verify-full".equals(parameters.get("sslmode"))) {
            warnings.add("sslaccept=strict is treated as sslmode=verify-full");
        }
    }

    private String decode(String text, String what) {
        try {
            // URLDecoder turns a plus into a space, but in user and password a plus stands for itself.
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            problems.add(what + " contains a % that is not followed by two hex digits; write it as %25");
            return text;
        }
    }

    private static String textOf(@Nullable String group) {
        return group == null ? "" : group;
    }

    private static IllegalArgumentException failure(String problem) {
        return new IllegalArgumentException(problem + "; the format is postgresql://user:password@host:5432/database");
    }
}
