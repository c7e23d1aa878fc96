package dev.hasten.otlp;

import dev.hasten.http.WarningLimit;
import io.micrometer.registry.otlp.OtlpMetricsSender;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
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
    private final Duration timeout = Otlp.TIMEOUT;
    private final WarningLimit warnings = new WarningLimit();

    @Override
    public void send(Request request) {
        HttpRequest.Builder call = HttpRequest.newBuilder(URI.create(request.getAddress()))
                .timeout(timeout)
                .header("Content-Type", "application/x-protobuf")
                .POST(BodyPublishers.ofByteArray(request.getMetricsData()));
        request.getHeaders().forEach(call::header);
        try {
            int status = client.send(call.build(), BodyHandlers.discarding()).statusCode();
            if (status >= REDIRECTED) {
                warn("the receiver has responded with status " + status);
            }
        } catch (IOException e) {
            warn(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void warn(String reason) {
        if (warnings.allows()) {
            LOG.warn("metrics cannot be exported to otlp.endpoint: {}", reason);
        }
    }
}
