package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.DataProxyClient;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid requests get an error with the reason, and the next request works. */
@Tag("integration")
final class BadQueryTest {
    private static final String SCHEMA = """
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }
            model Item {
              id   Int   @id
              data Json?
              price Decimal?
              big   BigInt?
              ratio Float?
            }
            """;

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with(
            "CREATE TABLE \"Item\" (id int PRIMARY KEY, data jsonb, price decimal, big bigint, ratio float8); INSERT INTO \"Item\" VALUES (1)");

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    private static final DataProxyClient CLIENT = new DataProxyClient(SERVER.client(), "6.19.0", SCHEMA);

    @BeforeAll
    static void uploadSchema() {
        CLIENT.upload();
    }

    @AfterEach
    void serverServesOn() {
        assertThat(CLIENT.graphql(find("{\"where\":{\"id\":1}}")).text())
                .isEqualTo("{\"data\":{\"findManyItem\":[{\"id\":1}]}}");
    }

    /** Requests that could keep the compiler busy for minutes or use all of its memory. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"where\":{\"id\":{\"$type\":\"Decimal\",\"value\":\"1e999999999\"}}}",
                "{\"where\":{\"data\":{\"equals\":{\"$type\":\"Decimal\",\"value\":\"1E+9999999\"}}}}",
                "{\"take\":{\"$type\":\"Decimal\",\"value\":\"1e999999999\"}}",
                "{\"where\":{\"price\":{\"$type\":\"Decimal\",\"value\":\"1e9999999\"}}}",
                "{\"where\":{\"price\":{\"gt\":\"1e9999999\"}}}",
                "{\"where\":{\"price\":{\"in\":[\"1\",\"1e-99999999999\"]}}}",
                "{\"where\":{\"price\":\"-1.5e0999999\"}}",
            })
    void decimalWithAHugeExponentIsOutOfRange(String arguments) {
        Reply reply = CLIENT.graphql(find(arguments));
        assertThat(reply.text()).contains("\"error_code\":\"P2020\"").contains("Value out of range for the type");
    }

    @Test
    void rawQueryWithEmptyParametersIsAnError() {
        assertThat(CLIENT.graphql("""
                                {"action":"executeRaw","query":{"arguments":{"query":"select 1","parameters":""},"selection":{}}}""").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "price", "big", "ratio"})
    void numberOfAnySizeIsNeverAServerError(String field) {
        for (String number :
                new String[] {"9".repeat(400), "-" + "9".repeat(400), "1e400", "1e999999999", "1e-999999999"}) {
            Reply reply = CLIENT.graphql(find("{\"where\":{\"%s\":%s}}".formatted(field, number)));
            assertThat(reply.status()).as(reply.toString()).isBetween(200, 499);
            assertThat(reply.text()).doesNotContain("Internal server error");
        }
    }

    private static String find(String arguments) {
        return "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":" + arguments
                + ",\"selection\":{\"id\":true}}}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "{",
                "{}",
                "{\"batch\":{}}",
                "{\"batch\":[1]}",
                "{\"batch\":[{}]}",
                "{\"action\":\"findMany\",\"query\":{}}",
                "{\"modelName\":1,\"action\":\"findMany\",\"query\":{}}",
                "{\"modelName\":\"Item\",\"action\":\"dropTable\",\"query\":{}}",
                "{\"modelName\":\"Item\",\"action\":\"queryRaw\",\"query\":{}}",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":[]}",
                "{\"action\":\"queryRaw\",\"query\":{}}",
                "{\"action\":\"queryRaw\",\"query\":{\"arguments\":{\"query\":1}}}",
                "{\"action\":\"queryRaw\",\"query\":{\"arguments\":{\"query\":\"SELECT 1\",\"parameters\":\"{\"}}}",
                "{\"action\":\"queryRaw\",\"query\":{\"arguments\":{\"query\":\"SELECT 1\",\"parameters\":\"{}\"}}}"
            })
    void bodyThatIsNotAQueryIsRejected(String body) {
        Reply reply = CLIENT.graphql(body);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("P6000");
        assertThat(reply.error()).startsWith("Invalid request body");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"modelName\":\"Nothing\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":{\"id\":true}}}",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{}}",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":[],\"selection\":{\"id\":true}}}",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":{}}}",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":1}}",
                "{\"modelName\":\"Item\",\"action\":\"findUnique\",\"query\":{\"arguments\":{},\"selection\":{\"id\":true}}}",
                "{\"modelName\":\"Item\",\"action\":\"createOne\",\"query\":{\"arguments\":{\"data\":{\"id\":\"x\"}},"
                        + "\"selection\":{\"id\":true}}}"
            })
    void queryThatDoesNotFitTheSchemaIsRefused(String body) {
        Reply reply = CLIENT.graphql(body);
        assertThat(reply.status()).as(reply.toString()).isBetween(200, 499);
        assertThat(reply.text()).contains("\"is_panic\":false").doesNotContain("Exception", "wasm", "\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"where\":{\"id\":{\"$type\":\"Param\",\"value\":{\"name\":\"%7\",\"type\":\"Int\"}}}}",
                "{\"where\":{\"id\":{\"$type\":\"Param\",\"value\":\"x\"}}}",
                "{\"where\":{\"id\":{\"$type\":\"Nonsense\",\"value\":1}}}",
                "{\"where\":{\"id\":{\"$type\":\"Json\",\"value\":\"{\"}}}",
                "{\"where\":{\"data\":{\"equals\":{\"$type\":\"Json\",\"value\":\"{\"}}}}",
                "{\"where\":{\"id\":9223372036854775808}}",
                "{\"where\":{\"id\":1e400}}",
                "{\"where\":{\"AND\":{\"AND\":{\"AND\":7}}}}"
            })
    void invalidValueIsRejected(String arguments) {
        Reply reply = CLIENT.graphql(find(arguments));
        assertThat(reply.status()).as(reply.toString()).isBetween(200, 499);
        assertThat(reply.text()).contains("\"is_panic\":false").doesNotContain("Exception", "wasm", "\tat ");
    }

    @Test
    void deepQueryIsRefused() {
        String arguments = "{\"where\":" + "{\"NOT\":".repeat(2000) + "{}" + "}".repeat(2001);
        Reply reply = CLIENT.graphql(find(arguments));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).contains("nest deeper");
    }

    @Test
    void emptyBatchHasNoResults() {
        assertThat(CLIENT.graphql("{\"batch\":[]}").text()).isEqualTo("{\"batchResult\":[]}");
        assertThat(CLIENT.graphql("{\"batch\":[],\"transaction\":{}}").text()).isEqualTo("{\"batchResult\":[]}");
    }

    @Test
    void isolationLevelThatPostgresDoesNotHaveIsRefused() {
        Reply reply =
                CLIENT.graphql("{\"batch\":[" + find("{}") + "],\"transaction\":{\"isolationLevel\":\"Snapshot\"}}");
        assertThat(reply.text()).contains("P2023", "Serializable");
        assertThat(CLIENT.post(CLIENT.base() + "/transaction/start", "{\"isolation_level\":\"x\"}")
                        .text())
                .contains("P2023");
    }

    @Test
    void invalidTimeIsRejected() {
        for (String time : new String[] {"0", "-1", "1e300"}) {
            Reply reply = CLIENT.post(CLIENT.base() + "/transaction/start", "{\"timeout\":" + time + "}");
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.code()).isEqualTo("P6005");
        }
    }
}
