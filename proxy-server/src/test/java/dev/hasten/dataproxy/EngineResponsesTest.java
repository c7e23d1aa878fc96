package dev.hasten.dataproxy;

import static dev.hasten.testing.Plans.list;
import static dev.hasten.testing.Plans.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.http.Bodies;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Response bodies have the format of the query engine. */
final class EngineResponsesTest {
    private static final ClientVersion NEWEST = ClientVersion.of("6.19.0");

    /** The client uploads its schema after the first response, and retries after the second. */
    @Test
    void missingEngineIsReportedAsByTheDataProxy() {
        Response missing = EngineResponses.schemaMissing();
        assertThat(missing.status()).isEqualTo(404);
        assertThat(Bodies.text(missing)).isEqualTo("{\"EngineNotStarted\":{\"reason\":\"SchemaMissing\"}}");
        Response starting = EngineResponses.schemaStarting();
        assertThat(starting.status()).isEqualTo(503);
        assertThat(Bodies.text(starting))
                .isEqualTo("{\"EngineNotStarted\":{\"reason\":{\"HealthcheckTimeout\":{\"logs\":[]}}}}");
    }

    @Test
    void errorIsAListOfOne() {
        String error = "{\"errors\":[{\"error\":\"conflict\",\"user_facing_error\":{\"is_panic\":false,"
                + "\"message\":\"conflict\",\"meta\":{},\"error_code\":\"P2034\"}}]}";
        assertThat(EngineResponses.errors(ApiError.of(409, "P2034", "conflict"), NEWEST))
                .hasToString(error);
        Response response =
                EngineResponses.json(EngineResponses.errors(ApiError.of(409, "P2034", "conflict"), NEWEST, null), null);
        assertThat(response.status()).isEqualTo(200);
        assertThat(Bodies.text(response)).isEqualTo(error);
    }

    @Test
    void telemetryFollowsTheBody() {
        assertThat(Bodies.text(EngineResponses.json(object("data", 1), object("traces", list()))))
                .isEqualTo("{\"data\":1,\"extensions\":{\"traces\":[]}}");
    }

    private static @Nullable Map<String, ?> extensions(String version, Object... collected) {
        return EngineResponses.extensions(object(collected), ClientVersion.of(version));
    }

    @Test
    void spansAreTracesForClientsThatCanReadThem() {
        assertThat(extensions("6.1.0", "spans", list("span"))).isEqualTo(object("traces", list("span")));
        assertThat(extensions("6.0.1", "spans", list("span"))).isNull();
        assertThat(extensions("5.22.0", "spans", list("span"), "logs", list(object("level", "query"))))
                .containsOnlyKeys("logs");
    }

    @Test
    void eventsHaveTheTargetThatClientsFilterBy() {
        assertThat(extensions(
                        "6.19.0", "logs", list(object("level", "query", "message", "m"), object("level", "error"))))
                .isEqualTo(object(
                        "logs",
                        list(
                                object("level", "query", "message", "m", "target", "quaint::connector::metrics"),
                                object("level", "error", "target", "query_engine"))));
    }

    @Test
    void nothingCollectedIsNotSent() {
        assertThat(EngineResponses.extensions(null, NEWEST)).isNull();
        assertThat(extensions("6.19.0", "logs", list())).isNull();
    }

    @Test
    void queryWithoutAResultIsNull() {
        assertThat(EngineResponses.nothing()).hasToString("null");
    }
}
