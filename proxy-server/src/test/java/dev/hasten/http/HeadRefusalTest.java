package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeadRefusalTest {
    private final AtomicInteger handled = new AtomicInteger();
    private final AtomicReference<@Nullable Exchange> refused = new AtomicReference<>();

    /** Accepts only requests with a key. */
    private GuardedHandler.Decision decide(Exchange head) {
        if (head.header("authorization") == null) {
            refused.set(head);
            return new GuardedHandler.Refuse(Response.text(401, "no key"));
        }
        return new GuardedHandler.Accept(exchange -> {
            handled.incrementAndGet();
            exchange.respond(Response.text(200, Integer.toString(exchange.body().length)));
        });
    }

    @Test
    void bodyIsNotKeptIfTheHeadIsRejected() throws Exception {
        Router router =
                Router.builder().guardedRoute("POST", "/query", this::decide).build();
        try (HttpServer server = TestHttpServer.start(router);
                HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + server.port() + "/query");
            HttpRequest.Builder post = HttpRequest.newBuilder(uri)
                    .version(HttpClient.Version.HTTP_1_1)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[900_000]));

            HttpResponse<String> without = client.send(post.copy().build(), HttpResponse.BodyHandlers.ofString());
            assertThat(without.statusCode()).isEqualTo(401);
            assertThat(handled).hasValue(0);
            assertThat(java.util.Objects.requireNonNull(refused.get()).body()).isEmpty();

            HttpResponse<String> with =
                    client.send(post.header("Authorization", "x").build(), HttpResponse.BodyHandlers.ofString());
            assertThat(with.body()).isEqualTo("900000");
        }
    }
}
