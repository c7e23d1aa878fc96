package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.hasten.admin.AdminCall.Access;
import dev.hasten.config.ServerConfig;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every call of the admin API: who may make it, and whether its response is as documented. */
@Tag("integration")
class AdminCallsTest {
    private static final String READ_TOKEN = "the-read-token-of-the-tests";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("CREATE TABLE item (id int PRIMARY KEY)");

    @RegisterExtension
    static final RunningServer SERVER = RunningServer.on(POSTGRES)
            .with("admin_read_token", READ_TOKEN)
            .with("admin_allowed_hosts", "hasten.example.com,other.example.com");

    /** All calls except for those that anybody may make and those that do not end. */
    static Stream<AdminCall> calls() {
        return new AdminApi(SERVER.server(), token(SERVER.server().config().server()), Clock.systemUTC())
                .calls().stream().filter(call -> call.access() != Access.OPEN);
    }

    private record Raw(int status, String head, String body) {}

    /** Sends a request with any headers; Java's client does not allow to set the host. */
    private static Raw raw(AdminCall call, String host, String... headers) throws IOException {
        return raw(call.method(), call.path().replaceAll("[{}]", ""), host, headers);
    }

    private static Raw raw(String method, String path, String host, String... headers) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), SERVER.admin().port())) {
            StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + host
                    + "\r\nConnection: close\r\nContent-Length: 0\r\n");
            for (String header : headers) {
                request.append(header).append("\r\n");
            }
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder head = new StringBuilder();
            String first = in.readLine();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.append(line).append('\n');
            }
            StringBuilder body = new StringBuilder();
            boolean stream = head.indexOf("event-stream") >= 0;
            for (int c = in.read(); c >= 0 && !(stream && body.length() > 100); c = in.read()) {
                body.append((char) c);
            }
            return new Raw(Integer.parseInt(first.split(" ", -1)[1]), head.toString(), body.toString());
        }
    }

    private static String own() {
        return "127.0.0.1:" + SERVER.admin().port();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void isRefusedWithoutAToken(AdminCall call) throws Exception {
        assertThat(raw(call, own()).status()).isEqualTo(401);
        assertThat(raw(call, own(), "Authorization: Bearer " + TestServer.KEY).status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void isRefusedFromAnotherOriginEvenWithTheToken(AdminCall call) throws Exception {
        String token = "Authorization: Bearer " + RunningServer.ADMIN_TOKEN;
        assertThat(raw(call, own(), token, "Origin: https://evil.example").status())
                .isEqualTo(403);
        assertThat(raw(call, own(), token, "Origin: null").status()).isEqualTo(403);
        assertThat(raw(call, "rebound.example:4467", token).status()).isEqualTo(403);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void theReadTokenMayOnlyRead(AdminCall call) throws Exception {
        if (call.path().equals("/cache/explain")) {
            return;
        }
        int status = raw(call, own(), "Authorization: Bearer " + READ_TOKEN).status();
        assertThat(status).isEqualTo(call.access() == Access.READ ? 200 : 403);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:PORT, 200",
        "localhost:PORT, 200",
        "[::1]:4467, 200",
        "192.168.1.5, 200",
        "hasten, 200",
        "app.localhost, 200",
        "HASTEN.example.com:8080, 200",
        "other.example.com, 200",
        "hasten.example.com.evil.example, 403",
        "evil.example, 403"
    })
    void onlyNamesOfThisServerAreAccepted(String host, int status) throws Exception {
        String name = host.replace("PORT", Integer.toString(SERVER.admin().port()));
        assertThat(raw("GET", "/status", name, "Authorization: Bearer " + RunningServer.ADMIN_TOKEN)
                        .status())
                .isEqualTo(status);
        assertThat(raw("GET", "/", name).status()).isEqualTo(status);
        assertThat(raw("GET", "/health", name).status()).isEqualTo(200);
    }

    @Test
    void theDashboardOfThisServerMayCall() throws Exception {
        assertThat(raw(
                                "GET",
                                "/status",
                                own(),
                                "Authorization: Bearer " + RunningServer.ADMIN_TOKEN,
                                "Origin: http://" + own())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theDocumentDescribesEveryCall() throws Exception {
        JsonNode document =
                JsonMapper.shared().readTree(raw("GET", "/openapi.json", own()).body());
        assertThat(document.get("openapi").stringValue()).isEqualTo("3.1.0");
        TreeSet<String> documented = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method ->
                                documented.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        assertThat(documented)
                .contains("GET /health", "GET /openapi.json")
                .containsAll(
                        calls().map(call -> call.method() + " " + call.path()).toList());
        List<String> ids = document.get("paths")
                .valueStream()
                .flatMap(JsonNode::valueStream)
                .map(operation -> operation.get("operationId").stringValue())
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void theResponseOfAReadIsAsDocumented(AdminCall call) throws Exception {
        if (call.access() != Access.READ || call.answer().json() == null) {
            return;
        }
        SERVER.query("POST", "/sql", TestServer.KEY, "{\"query\":\"SELECT 1\",\"params\":[]}");
        String query = call.path().equals("/cache/explain") ? "?sql=SELECT+*+FROM+item" : "";
        assertDocumented(call, SERVER.admin(call.path() + query).body());
    }

    @Test
    void theResponsesOfWritesAreAsDocumented() throws Exception {
        String key = SERVER.admin("POST", "/keys", "{\"name\":\"documented\"}").body();
        assertDocumented(call("POST", "/keys"), key);
        String id = JsonMapper.shared().readTree(key).get("id").stringValue();
        assertDocumented(
                call("POST", "/keys/{id}/rotate"),
                SERVER.admin("POST", "/keys/" + id + "/rotate", "{\"overlap\":\"1h\"}")
                        .body());
        assertDocumented(
                call("POST", "/cache/invalidate"),
                SERVER.admin("POST", "/cache/invalidate", "{\"tags\":\"all\"}").body());
        assertDocumented(
                call("POST", "/schema/invalidate"),
                SERVER.admin("POST", "/schema/invalidate", null).body());
        assertDocumented(
                call("POST", "/config/reload"),
                SERVER.admin("POST", "/config/reload", null).body());
        assertDocumented(
                call("POST", "/log/levels"),
                SERVER.admin("POST", "/log/levels", "{\"logger\":\"dev.hasten.http\",\"level\":\"info\",\"minutes\":1}")
                        .body());
    }

    private static AdminCall call(String method, String path) {
        return calls().filter(
                        each -> each.method().equals(method) && each.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private static void assertDocumented(AdminCall call, @Nullable String body) throws Exception {
        JsonNode document =
                JsonMapper.shared().readTree(raw("GET", "/openapi.json", own()).body());
        JsonNode operation =
                document.get("paths").get(call.path()).get(call.method().toLowerCase(java.util.Locale.ROOT));
        String reference = operation
                .at("/responses/" + call.answer().status() + "/content/application~1json/schema/$ref")
                .stringValue();
        JsonNode schema = JsonMapper.shared()
                .createObjectNode()
                .put("$ref", reference)
                .set("components", strict(document.get("components")));
        Schema validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(JsonMapper.shared().writeValueAsString(schema), InputFormat.JSON);
        assertThat(validator.validate(String.valueOf(body), InputFormat.JSON))
                .as("%s %s: %s", call.method(), call.path(), body)
                .isEmpty();
    }

    /** The schemas without additional properties, so that an undocumented member is found. */
    private static JsonNode strict(JsonNode components) {
        return JsonMapper.shared()
                .readTree(components
                        .toString()
                        .replace(
                                "\"type\":\"object\",\"properties\"",
                                "\"type\":\"object\",\"additionalProperties\":false,\"properties\""));
    }

    private static AdminToken token(ServerConfig config) {
        return AdminToken.of(config.adminToken(), config.stateDir());
    }
}
