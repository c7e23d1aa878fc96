package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.DataProxyClient;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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

    static Stream<Arguments> numbersOfAnySize() {
        String digits = "9".repeat(400);
        String unreadable = "JSON Error: number out of range";
        String otherType = "Unable to match input value to any allowed input type";
        String exponent = "the exponent of a number is outside the range of a 32-bit integer";
        String nothing = "{\"data\":{\"findManyItem\":[]}}";
        return Stream.of(
                Arguments.of("id", digits, 200, unreadable),
                Arguments.of("id", "-" + digits, 200, unreadable),
                Arguments.of("id", "1e400", 200, otherType),
                Arguments.of("id", "1e999999999", 200, otherType),
                Arguments.of("id", "1e-999999999", 200, nothing),
                Arguments.of("price", digits, 200, nothing),
                Arguments.of("price", "-" + digits, 200, nothing),
                Arguments.of("price", "1e400", 400, exponent),
                Arguments.of("price", "1e999999999", 400, exponent),
                Arguments.of("price", "1e-999999999", 200, nothing),
                Arguments.of("big", digits, 200, unreadable),
                Arguments.of("big", "-" + digits, 200, unreadable),
                Arguments.of("big", "1e400", 200, otherType),
                Arguments.of("big", "1e999999999", 200, otherType),
                Arguments.of("big", "1e-999999999", 200, otherType),
                Arguments.of("ratio", digits, 200, unreadable),
                Arguments.of("ratio", "-" + digits, 200, unreadable),
                Arguments.of("ratio", "1e400", 200, otherType),
                Arguments.of("ratio", "1e999999999", 200, otherType),
                Arguments.of("ratio", "1e-999999999", 200, nothing));
    }

    @ParameterizedTest
    @MethodSource("numbersOfAnySize")
    void numberOfAnySizeIsNeverAServerError(String field, String number, int status, String text) {
        Reply reply = CLIENT.graphql(find("{\"where\":{\"%s\":%s}}".formatted(field, number)));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.text()).contains(text);
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
                "{\"modelName\":1,\"action\":\"findMany\",\"query\":{}}",
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
    @CsvSource(
            delimiterString = "=>",
            value = {
                "{\"modelName\":\"Nothing\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":{\"id\":true}}} => does not match any query",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{}} => JSON Error: data did not match any variant",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":[],\"selection\":{\"id\":true}}} => JSON Error: data did not match any variant",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":{}}} => Expected a minimum of 1 field to be present",
                "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":1}} => JSON Error: data did not match any variant",
                "{\"modelName\":\"Item\",\"action\":\"findUnique\",\"query\":{\"arguments\":{},\"selection\":{\"id\":true}}} => `where`: A value is required but not set",
                "{\"modelName\":\"Item\",\"action\":\"createOne\",\"query\":{\"arguments\":{\"data\":{\"id\":\"x\"}},\"selection\":{\"id\":true}}} => Unable to match input value to any allowed input type"
            })
    void queryThatDoesNotFitTheSchemaIsRefused(String body, String text) {
        Reply reply = CLIENT.graphql(body);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.text())
                .contains(text)
                .contains("\"is_panic\":false")
                .doesNotContain("Exception", "wasm", "\tat ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "=>",
            value = {
                "{\"where\":{\"id\":{\"$type\":\"Param\",\"value\":{\"name\":\"%7\",\"type\":\"Int\"}}}} => 400 => values of the type `Param` are not allowed",
                "{\"where\":{\"id\":{\"$type\":\"Param\",\"value\":\"x\"}}} => 400 => values of the type `Param` are not allowed",
                "{\"where\":{\"id\":{\"$type\":\"Nonsense\",\"value\":1}}} => 200 => Field does not exist in enclosing type",
                "{\"where\":{\"id\":{\"$type\":\"Json\",\"value\":\"{\"}}} => 200 => Unable to match input value to any allowed input type",
                "{\"where\":{\"data\":{\"equals\":{\"$type\":\"Json\",\"value\":\"{\"}}}} => 200 => invalid input syntax for type json",
                "{\"where\":{\"id\":9223372036854775808}} => 200 => Unable to match input value to any allowed input type",
                "{\"where\":{\"id\":1e400}} => 200 => Unable to match input value to any allowed input type",
                "{\"where\":{\"AND\":{\"AND\":{\"AND\":7}}}} => 200 => Unable to match input value to any allowed input type"
            })
    void invalidValueIsRejected(String arguments, int status, String text) {
        Reply reply = CLIENT.graphql(find(arguments));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.text())
                .contains(text)
                .contains("\"is_panic\":false")
                .doesNotContain("Exception", "wasm", "\tat ");
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
        assertThat(reply.text()).contains("P2023", "Invalid isolation level `Snapshot`");
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
