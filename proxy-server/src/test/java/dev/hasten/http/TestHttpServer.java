package dev.hasten.http;

import dev.hasten.memory.MemoryBudget;
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Servers for tests: on a free port of 127.0.0.1, with the limits under test and generous values for the others. */
final class TestHttpServer {
    /** Long enough never to be reached by a passing test. */
    static final Duration LONG = Duration.ofMinutes(5);

    /** Short enough to wait for. */
    static final Duration SHORT = Duration.ofMillis(200);

    static final HttpLimits.Timeouts TIMEOUTS = new HttpLimits.Timeouts(LONG, LONG, LONG, LONG, LONG);
    static final HttpLimits LIMITS = new HttpLimits(8 * 1024, 1024 * 1024, TIMEOUTS, 0, 100);

    private TestHttpServer() {}

    static HttpServer start(Router router) {
        return start(LIMITS, null, router);
    }

    static HttpServer start(HttpLimits limits, @Nullable SslContext tls, Router router) {
        return HttpServer.start(options(limits, tls), router);
    }

    static HttpServerOptions options(HttpLimits limits, @Nullable SslContext tls) {
        return options(limits, tls, RequestObserver.none());
    }

    static HttpServerOptions options(HttpLimits limits, @Nullable SslContext tls, RequestObserver observer) {
        return options(limits, tls, observer, MemoryBudget.unlimited());
    }

    static HttpServerOptions options(
            HttpLimits limits, @Nullable SslContext tls, RequestObserver observer, MemoryBudget memory) {
        return new HttpServerOptions(
                "test",
                new HttpServerOptions.Address("127.0.0.1", 0),
                limits,
                tls == null ? null : () -> tls,
                TrustedProxies.NONE,
                2,
                memory,
                new HttpServerOptions.Callbacks(TestHttpServer::error, observer));
    }

    /** The error body that all versions of Prisma Client understand. */
    private static Response error(int status, String code, String message) {
        String text = message.replace("\\", "\\\\").replace("\"", "\\\"");
        String body = "{\"is_panic\":false,\"message\":\"" + text + "\",\"error_code\":\"" + code + "\",\"code\":\""
                + code + "\",\"error\":\"" + text + "\",\"meta\":{}}";
        return Response.json(status, body.getBytes(StandardCharsets.UTF_8)).header("Prisma-Error-Code", code);
    }

    /** GET /hello returns "hello", POST /echo returns its body. */
    static Router.Builder routes() {
        return Router.builder()
                .route("GET", "/hello", exchange -> exchange.respond(Response.text(200, "hello")))
                .route(
                        "POST",
                        "/echo",
                        exchange -> exchange.respond(
                                Response.text(200, new String(exchange.body(), StandardCharsets.UTF_8))));
    }
}
