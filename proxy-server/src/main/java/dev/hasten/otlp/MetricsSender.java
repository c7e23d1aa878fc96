package dev.hasten.otlp;

import dev.hasten.http.WarningLimit;
import io.micrometer.registry.otlp.OtlpMetricsSender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends metrics. Micrometer's own sender follows redirects, with the headers of the configuration, and Micrometer logs every failure
 * with a stack trace. The next export contains the same counters, so a failed one loses nothing.
 */
final class MetricsSender implements OtlpMetricsSender {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsSender.class);
    private static final int REDIRECTED = 300;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Otlp.TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final WarningLimit warnings = new WarningLimit();

    @Override
    public void send(Request request) {
        HttpRequest.Builder call = HttpRequest.newBuilder(URI.create(request.getAddress()))
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(request.getMetricsData()));
        request.getHeaders().forEach(call::header);
        // The timeout of a request ends with the head of the response, so the body needs a limit, too.
        CompletableFuture<HttpResponse<Void>> response = client.sendAsync(call.build(), BodyHandlers.discarding());
        try {
            int status =
                    response.get(Otlp.TIMEOUT.toSeconds(), TimeUnit.SECONDS).statusCode();
            if (status >= REDIRECTED) {
                warn("the receiver has responded with status " + status);
            }
        } catch (ExecutionException e) {
            warn(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            warn("the receiver has not responded within " + Otlp.TIMEOUT.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            response.cancel(true);
        }
    }

    private void warn(String reason) {
        if (warnings.allows()) {
            LOG.warn("metrics cannot be exported to otlp.endpoint: {}", reason);
        }
    }
}
