import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The image's health check: sends a {@code GET} for the path in the first argument to the server on this container's
 * loopback. Exits with 0 if the response has status 200, else with 1 and the reason on standard error.
 *
 * <p>Uses plain sockets, because a JVM that does not load an HTTP client starts in a fraction of the time.
 */
final class HealthCheck {
    /** Milliseconds to connect, and for each read of the response; the image allows five seconds in total. */
    private static final int TIMEOUT = 2_000;

    private static final int DEFAULT_PORT = 4466;

    private HealthCheck() {}

    public static void main(String[] arguments) {
        String path = arguments.length == 0 ? "/health" : arguments[0];
        String status = status(path);
        if (!status.matches("HTTP/1\\.1 200( .*)?")) {
            System.err.println("GET " + path + " on port " + port() + ": " + status);
            System.exit(1);
        }
    }

    /**
     * Returns the status line, or the reason why the server did not send one. The configuration file may turn TLS on or off, so a
     * failed request is repeated with the other setting.
     */
    private static String status(String path) {
        boolean tls = isSet("HASTEN_TLS_CERT") || "true".equals(System.getenv("HASTEN_TLS_DEV"));
        try {
            return request(path, tls);
        } catch (IOException first) {
            try {
                return request(path, !tls);
            } catch (IOException second) {
                return String.valueOf(first.getMessage());
            }
        }
    }

    private static String request(String path, boolean tls) throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), TIMEOUT);
            plain.setSoTimeout(TIMEOUT);
            try (Socket socket = tls ? overTls(plain) : plain) {
                String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                String line = new BufferedReader(
                                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine();
                if (line == null || !line.startsWith("HTTP/")) {
                    throw new IOException("no HTTP response");
                }
                return line;
            }
        }
    }

    /**
     * Accepts any certificate: it is issued for the host name that clients use, not for loopback, and nothing secret is
     * sent.
     */
    private static Socket overTls(Socket plain) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, null);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port(), true);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /**
     * Returns {@code HASTEN_PORT}, or the default if it is not a number: Kubernetes may set it to {@code tcp://...} for
     * a Service, which the server also ignores.
     */
    private static int port() {
        String port = System.getenv("HASTEN_PORT");
        return port != null && port.matches("\\d{1,5}") ? Integer.parseInt(port) : DEFAULT_PORT;
    }

    private static boolean isSet(String variable) {
        String value = System.getenv(variable);
        return value != null && !value.isEmpty();
    }

    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
