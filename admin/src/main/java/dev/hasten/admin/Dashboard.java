package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.admission.ErrorResponses;
import dev.hasten.http.AcceptEncoding;
import dev.hasten.http.Exchange;
import dev.hasten.http.Handler;
import dev.hasten.http.Response;
import dev.hasten.http.Router;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;

/**
 * The files of the dashboard, which Vite has built. They contain no data, so they need no token: the page asks for it. The
 * policy allows only scripts and styles of this server, and no page may embed the dashboard.
 */
final class Dashboard {
    private static final String FOLDER = "/dev/hasten/admin/dashboard/";
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String YEAR = "public, max-age=31536000, immutable";

    private Dashboard() {}

    /** @param refused whether a request must be refused because of its host */
    static void addTo(Router.Builder routes, Predicate<Exchange> refused) {
        routes.route("GET", "/", file("index.html", HTML, "no-cache", refused));
        for (String name : names()) {
            routes.route("GET", "/assets/" + name, file("assets/" + name, mediaType(name), YEAR, refused));
        }
    }

    /** The names of the files, which contain a hash of their content. The build writes the list. */
    private static List<String> names() {
        return new String(read("assets.txt"), UTF_8).lines().toList();
    }

    private static String mediaType(String name) {
        if (name.endsWith(".js")) {
            return "text/javascript; charset=utf-8";
        }
        return name.endsWith(".css") ? "text/css; charset=utf-8" : "image/svg+xml";
    }

    private static Handler file(String path, String mediaType, String caching, Predicate<Exchange> refused) {
        byte[] plain = read(path);
        byte[] compressed = compressed(plain);
        return exchange -> {
            if (refused.test(exchange)) {
                exchange.respond(ErrorResponses.of(AdminApi.foreignHost()));
                return;
            }
            boolean gzip = AcceptEncoding.acceptsGzip(exchange.header("accept-encoding"));
            Response response = Response.bytes(200, mediaType, gzip ? compressed : plain)
                    .header("Cache-Control", caching)
                    .header("Vary", "Accept-Encoding")
                    .header("Content-Security-Policy", POLICY)
                    .header("X-Content-Type-Options", "nosniff")
                    .header("X-Frame-Options", "DENY")
                    .header("Referrer-Policy", "no-referrer")
                    .header("Cross-Origin-Opener-Policy", "same-origin");
            exchange.respond(gzip ? response.header("Content-Encoding", "gzip") : response);
        };
    }

    private static byte[] read(String path) {
        try (InputStream file = Dashboard.class.getResourceAsStream(FOLDER + path)) {
            if (file == null) {
                throw new IllegalStateException("the dashboard is not built: there is no " + FOLDER + path);
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] compressed(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
