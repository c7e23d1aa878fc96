package dev.hasten.admission;

import static dev.hasten.admission.AdmissionServer.failed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.auth.CreatedKey;
import dev.hasten.config.KeyScope;
import dev.hasten.http.Response;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Only requests with a valid key, the scope and JSON reach their endpoint. */
@Timeout(120)
final class RequestAdmissionTest {
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
    void admittedRequestIsAnswered() {
        assertThat(server.post(token, "{}").body()).isEqualTo("{}");
        server.serve(_ -> new Endpoint.Respond(Response.text(200, "known")));
        assertThat(server.post(token, "{}").body()).isEqualTo("known");
        await().until(() -> server.runner.runningCount() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong", "hasten_abc_def"})
    void keyThatDoesNotExistIsRejected(String wrong) {
        HttpResponse<String> response = server.post(wrong, "{}");
        failed(response, 401, "P6002");
        assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    }

    @Test
    void keyWithoutTheScopeIsRejectedWithWhatIsMissing() {
        JsonNode body = failed(
                server.post(
                        server.key("default", KeyScope.SQL, KeyScope.INVALIDATE).token(), "{}"),
                403,
                "P6002");
        assertThat(body.get("message").stringValue())
                .isEqualTo(
                        "Missing scope: this API key has sql, invalidate, but this call requires prisma. Use another API key");
    }

    /** The key's database was removed from the configuration. */
    @Test
    void keyOfAnotherDatabaseIsRejected() {
        failed(server.post(server.key("other", KeyScope.PRISMA).token(), "{}"), 401, "P6002");
    }

    @Test
    void addressWithTooManyWrongKeysIsThrottled(@TempDir Path other) {
        try (AdmissionServer strict = new AdmissionServer(other, LONG, 3)) {
            for (int i = 0; i < 3; i++) {
                failed(strict.post("wrong", "{}"), 401, "P6002");
            }
            HttpResponse<String> throttled = strict.post("wrong", "{}");
            failed(throttled, 429, "P5011");
            assertThat(throttled.headers().firstValue("Retry-After")).contains("60");
            String valid = strict.key("default", KeyScope.PRISMA).token();
            assertThat(strict.post(valid, "{}").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, 200",
        "Application/JSON; charset=utf-8, 200",
        "text/plain, 415",
        "application/jsonx, 415",
        ", 415",
    })
    void bodyMustBeJson(String type, int status) {
        HttpResponse<String> response = type == null
                ? server.post("/work", token, "{}")
                : server.post("/work", token, "{}", "Content-Type", type);
        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 415) {
            failed(response, 415, "P6000");
        }
        String[] headers = type == null ? new String[0] : new String[] {"Content-Type", type};
        assertThat(server.post("/any-body", token, "{}", headers).statusCode()).isEqualTo(200);
        assertThat(server.post("/work", token, "", headers).statusCode())
                .as("without a body")
                .isEqualTo(200);
    }

    @Test
    void unknownTelemetryIsRejected() {
        failed(
                server.post(
                        "/work", token, "{}", "Content-Type", "application/json", "X-Capture-Telemetry", "everything"),
                400,
                "P6000");
    }

    @Test
    void keyRevokedDuringTheBodyIsRejected() throws Exception {
        CreatedKey key = server.key("default", KeyScope.PRISMA);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String head = "POST /work HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key.token()
                    + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{";
            socket.getOutputStream().write(head.getBytes(UTF_8));
            // The memory of the body shows that the head was accepted.
            await().until(() -> server.memory.usedBytes("default") > 0);
            assertThat(server.keys.revoke(key.key().id())).isTrue();
            socket.getOutputStream().write('}');
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 401 ");
        }
    }
}
