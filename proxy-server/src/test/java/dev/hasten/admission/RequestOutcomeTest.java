package dev.hasten.admission;

import static dev.hasten.admission.AdmissionServer.failed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.config.KeyScope;
import dev.hasten.deadline.Cancellation.Reason;
import dev.hasten.deadline.CancelledException;
import dev.hasten.http.Response;
import dev.hasten.memory.MemoryUse;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.plan.PlanRunner;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.value.GeneratorState;
import dev.hasten.testing.LogCapture;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Each admitted request gets a response, however its work ends, and gives back what it holds. */
@Timeout(120)
final class RequestOutcomeTest {
    private static final Duration LONG = Duration.ofHours(1);

    private static AdmissionServer server;
    private static String token;

    @BeforeAll
    static void start(@TempDir Path directory) {
        server = new AdmissionServer(directory, LONG, 1000);
        token = server.key("default", KeyScope.PRISMA).token();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void echo() {
        server.works(AdmissionServer.ECHO);
    }

    @Test
    void errorOfEitherPhaseIsTheResponse() {
        server.works(_ -> {
            throw ApiError.of(409, "P2034", "conflict", Map.of("a", 1));
        });
        assertThat(failed(server.post(token, "{}"), 409, "P2034").get("meta")).hasToString("{\"a\":1}");
        server.serve(_ -> {
            throw ApiError.tooManyRequests("slow down", Duration.ofSeconds(7));
        });
        HttpResponse<String> response = server.post(token, "{}");
        failed(response, 429, "P5011");
        assertThat(response.headers().firstValue("Retry-After")).contains("7");
    }

    @Test
    void brokenPlanIsAnErrorWithItsReason() {
        PlanNode incomplete = new PlanNode.Value(new PlanValue.Placeholder("absent", "Int"));
        PlanRunner plans =
                new PlanRunner(Clock.systemUTC(), new Random(1), new GeneratorState(new Random(1), "test", 1));
        server.works(request -> {
            plans.run(new Job(ParsedPlan.of(incomplete, 0), Map.of(), ""), null, request.environment());
            return Response.text(200, "unreachable");
        });
        assertThat(failed(server.post(token, "{}"), 500, "P6000").get("message").stringValue())
                .isEqualTo("Missing value for query variable absent");
    }

    @Test
    void defectIsAnErrorWithoutDetails() {
        for (Error defect : List.of(new AssertionError("secret"), new OutOfMemoryError("secret"))) {
            server.works(_ -> {
                throw defect;
            });
            try (LogCapture log = new LogCapture(RequestRunner.class.getName())) {
                HttpResponse<String> response = server.post(token, "{}");
                String id = response.headers().firstValue("x-request-id").orElseThrow();
                assertThat(failed(response, 500, "P6000").get("message").stringValue())
                        .isEqualTo("Internal server error (request id " + id + ")");
                assertThat(response.body()).doesNotContain("secret", "Error:");
                assertThat(log.messages()).containsExactly("request " + id + " failed");
            }
        }
        await().until(() -> server.runner.runningCount() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void cancelledWorkIsReportedByItsReason(Reason reason) {
        server.works(_ -> {
            throw new CancelledException(reason);
        });
        HttpResponse<String> response = server.post(token, "{}");
        JsonNode body = switch (reason) {
            case TIMEOUT -> failed(response, 422, "P6004");
            case DISCONNECT -> failed(response, 499, "P6000");
            case OPERATOR -> failed(response, 422, "P6004");
            case SHUTDOWN -> failed(response, 503, "P6008");
            case RESULT_TOO_LARGE -> failed(response, 422, "P6009");
            case TRANSACTION_EXPIRED -> failed(response, 409, "P2028");
        };
        String text = switch (reason) {
            case TIMEOUT -> "the limit of 3600000 ms (limits.query_timeout)";
            case DISCONNECT -> "The client has closed the connection";
            case OPERATOR -> "Query cancelled by an operator of this server";
            case SHUTDOWN -> "The server is stopping";
            case RESULT_TOO_LARGE -> "larger than the limit of 1048576 bytes (limits.max_result_bytes)";
            case TRANSACTION_EXPIRED -> "Transaction already closed: it expired during the request.";
        };
        assertThat(body.get("message").stringValue()).contains(text);
    }

    @Test
    void workIsCancelledAtTheTimeLimit(@TempDir Path other) {
        try (AdmissionServer limited = new AdmissionServer(other, Duration.ofMillis(200), 3)) {
            limited.works(RequestOutcomeTest::waitForever);
            String key = limited.key("default", KeyScope.PRISMA).token();
            assertThat(failed(limited.post(key, "{}"), 422, "P6004")
                            .get("message")
                            .stringValue())
                    .contains("the limit of 200 ms");
            await().until(() -> limited.watchdog.watchedCount() == 0);
        }
    }

    private static Response waitForever(RequestContext request) {
        try {
            return request.cancellation().interruptible(() -> new SynchronousQueue<Response>().take());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void workIsCancelledWhenTheClientDisconnects() {
        AtomicReference<RequestContext> running = new AtomicReference<>();
        server.works(request -> {
            running.set(request);
            return waitForever(request);
        });
        CompletableFuture<HttpResponse<String>> response = server.postLater(token, "{}");
        await().until(() -> running.get() != null);
        assertThat(server.runner.runningCount()).isEqualTo(1);
        response.cancel(true);
        await().until(() -> running.get().cancellation().reason() == Reason.DISCONNECT);
        await().until(() -> server.runner.runningCount() == 0);
        assertThat(server.watchdog.watchedCount()).isZero();
    }

    @Test
    void workIsCancelledWhenTheServerStops() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        server.works(request -> {
            started.countDown();
            return waitForever(request);
        });
        CompletableFuture<HttpResponse<String>> response = server.postLater(token, "{}");
        started.await();
        server.watchdog.cancelAll();
        failed(response.join(), 503, "P6008");
    }

    @Test
    void memoryOfARequestIsCountedAndGivenBack() {
        server.works(request -> {
            assertThat(request.exchange().memory().heldBytes(MemoryUse.REQUESTS))
                    .isEqualTo(2);
            request.cancellation().memory().take(MemoryUse.RESULTS, 1 << 20);
            assertThat(server.memory.usedBytes("default")).isGreaterThan(1 << 20);
            return Response.text(200, "done");
        });
        assertThat(server.post(token, "{}").body()).isEqualTo("done");
        await().until(() -> server.memory.usedBytes("default") == 0);
    }

    @Test
    void requestThatNeedsTooMuchMemoryIsRefused() {
        server.works(request -> {
            request.cancellation().memory().take(MemoryUse.RESULTS, 2 * AdmissionServer.MEMORY_BYTES);
            return Response.text(200, "unreachable");
        });
        HttpResponse<String> response = server.post(token, "{}");
        assertThat(failed(response, 503, "P5011").get("message").stringValue())
                .isEqualTo(
                        "The requests of this database have reached their memory limit (see memory.budget). Try again later");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        await().until(() -> server.memory.usedBytes("default") == 0);
    }
}
