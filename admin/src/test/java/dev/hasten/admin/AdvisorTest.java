package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The advice of a server with real requests. */
@Tag("integration")
class AdvisorTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE item (id int PRIMARY KEY, name text)",
            "INSERT INTO item SELECT i, 'item ' || i FROM generate_series(1, 1000) i");

    @RegisterExtension
    final RunningServer server = RunningServer.on(POSTGRES);

    private String sql(String query, int parameter, String strategy) {
        return "{\"query\":\"%s\",\"params\":[\"%d\"]%s}".formatted(query, parameter, strategy);
    }

    private JsonNode topAdvice() throws Exception {
        return server.admin("/insights/advice").json().at("/advice/0");
    }

    @Test
    void applyingTheTopSuggestionRaisesTheHitRateAsPredicted() throws Exception {
        String query = "SELECT name FROM item WHERE id = $1";
        List<Integer> parameters = new Random(1).ints(400, 1, 40).boxed().toList();
        for (int parameter : parameters) {
            server.query("POST", "/sql", TestServer.KEY, sql(query, parameter, ""));
        }
        JsonNode advice = topAdvice();
        assertThat(advice.get("kind").stringValue()).isEqualTo("cache");
        assertThat(advice.get("sql").stringValue()).isEqualTo(query);
        assertThat(advice.get("line").stringValue())
                .isEqualTo("{ query, params, cacheStrategy: { ttl: " + advice.get("ttl_seconds") + " } }");

        assertThat(server.admin("POST", "/insights/reset", null).status()).isEqualTo(204);
        String strategy = ",\"cacheStrategy\":{\"ttl\":" + advice.get("ttl_seconds") + "}";
        for (int parameter : parameters) {
            server.query("POST", "/sql", TestServer.KEY, sql(query, parameter, strategy));
        }
        JsonNode report = server.admin("/insights").json().at("/queries/0");
        assertThat(report.get("sql").stringValue()).isEqualTo(query);
        assertThat(report.get("hit_rate").doubleValue())
                .isCloseTo(advice.get("expected_hit_rate").doubleValue(), within(0.05));
        assertThat(server.admin("/insights/advice").json().get("advice").valueStream())
                .noneMatch(each -> each.get("kind").stringValue().equals("cache"));
        assertThat(server.admin("/insights?window=previous")
                        .json()
                        .at("/queries/0/uncached")
                        .asInt())
                .isEqualTo(400);
    }

    @Test
    void whatCannotBeCachedIsNotSuggested() throws Exception {
        for (int i = 0; i < 40; i++) {
            server.query("POST", "/sql", TestServer.KEY, sql("SELECT random(), $1::text", 1, ""));
        }
        assertThat(server.admin("/insights?search=random")
                        .json()
                        .at("/queries/0/calls")
                        .asInt())
                .isEqualTo(40);
        assertThat(server.admin("/insights/advice").json().get("advice").isEmpty())
                .isTrue();
    }

    @Test
    void tagsThatAreNeverInvalidatedAreReported() throws Exception {
        String strategy = ",\"cacheStrategy\":{\"ttl\":60,\"tags\":[\"items\"]}";
        for (int i = 0; i < 12; i++) {
            server.query("POST", "/sql", TestServer.KEY, sql("SELECT name FROM item WHERE id = $1", i, strategy));
        }
        assertThat(topAdvice().get("kind").stringValue()).isEqualTo("unused_tag");
        assertThat(topAdvice().get("label").stringValue()).isEqualTo("items");
        server.admin("POST", "/cache/invalidate", "{\"tags\":[\"items\"]}");
        for (int i = 0; i < 12; i++) {
            server.query("POST", "/sql", TestServer.KEY, sql("SELECT name FROM item WHERE id = $1", i, strategy));
        }
        assertThat(server.admin("/insights/advice").json().get("advice").valueStream())
                .noneMatch(each -> each.get("kind").stringValue().equals("unused_tag"));
    }

    @Test
    void errorsAreCountedByCode() throws Exception {
        server.query("POST", "/sql", TestServer.KEY, "{\"query\":\"SELECT * FROM missing\",\"params\":[]}");
        // A call is counted after its response was sent.
        await().until(() -> server.admin("/insights?sort=errors")
                        .json()
                        .at("/queries/0/errors/42P01")
                        .asInt()
                == 1);
    }
}
