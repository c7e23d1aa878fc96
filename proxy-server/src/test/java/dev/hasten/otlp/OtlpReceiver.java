package dev.hasten.otlp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Receives traces and metrics, and decodes them with OpenTelemetry's own protocol definitions. */
final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final Queue<ExportTraceServiceRequest> traces = new ConcurrentLinkedQueue<>();
    private final Queue<ExportMetricsServiceRequest> metrics = new ConcurrentLinkedQueue<>();
    private final Queue<String> keys = new ConcurrentLinkedQueue<>();
    private final Semaphore gate = new Semaphore(1);
    private volatile boolean redirected;
    private volatile boolean stalls;
    private volatile int status = 200;

    OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            traces.add(ExportTraceServiceRequest.parseFrom(body(exchange)));
            respond(exchange);
        });
        server.createContext("/v1/metrics", exchange -> {
            metrics.add(ExportMetricsServiceRequest.parseFrom(body(exchange)));
            respond(exchange);
        });
        server.createContext("/v1/elsewhere", exchange -> {
            body(exchange);
            redirected = true;
            respond(exchange);
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    private byte[] body(HttpExchange exchange) throws IOException {
        keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("api-key")));
        return "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                ? new GZIPInputStream(exchange.getRequestBody()).readAllBytes()
                : exchange.getRequestBody().readAllBytes();
    }

    private void respond(HttpExchange exchange) throws IOException {
        gate.acquireUninterruptibly();
        gate.release();
        if (status == 302) {
            exchange.getResponseHeaders().add("Location", url() + "/v1/elsewhere");
        }
        if (stalls) {
            // The response is never complete.
            exchange.sendResponseHeaders(status, 100);
            exchange.getResponseBody().write(0);
            exchange.getResponseBody().flush();
            return;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    /** Sets the status of its responses. */
    void respondWith(int code) {
        status = code;
    }

    /** Makes it read requests and not respond, or respond again. */
    void hang(boolean hangs) {
        if (hangs) {
            gate.drainPermits();
        } else {
            gate.release(Integer.MAX_VALUE / 2);
        }
    }

    /** Makes it send only a part of each response. */
    void stall(boolean stall) {
        stalls = stall;
    }

    int requests() {
        return keys.size();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The values of the header {@code api-key}. */
    List<String> keys() {
        return List.copyOf(keys);
    }

    List<Span> spans() {
        return traces.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    List<Metric> metrics() {
        return metrics.stream()
                .flatMap(request -> request.getResourceMetricsList().stream())
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .toList();
    }

    /** The attributes of the process that has sent the traces. */
    Map<String, String> resource() {
        return attributes(traces.element().getResourceSpans(0).getResource().getAttributesList());
    }

    static Map<String, String> attributes(List<KeyValue> attributes) {
        return attributes.stream().collect(Collectors.toMap(KeyValue::getKey, entry -> text(entry.getValue())));
    }

    private static String text(AnyValue value) {
        return value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue();
    }

    /** Whether a client has followed a redirect. */
    boolean isRedirected() {
        return redirected;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
