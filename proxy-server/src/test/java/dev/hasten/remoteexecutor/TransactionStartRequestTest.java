package dev.hasten.remoteexecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.postgres.Access;
import dev.hasten.postgres.IsolationLevel;
import dev.hasten.protocol.ApiError;
import dev.hasten.transaction.TransactionRegistry.StartOptions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The options of a transaction come from the body, its owner and access from the API key. */
final class TransactionStartRequestTest {
    private static TransactionStartRequest request(String body) {
        return TransactionStartRequest.of(JsonMapper.shared().readTree(body), Access.READ_ONLY, "owner");
    }

    private static ApiError rejected(String body) {
        return catchThrowableOfType(ApiError.class, () -> request(body));
    }

    @Test
    void everyOptionIsOptional() {
        for (String body :
                new String[] {"{}", "{\"timeout\":null,\"maxWait\":null,\"isolationLevel\":null,\"newTxId\":null}"}) {
            TransactionStartRequest request = request(body);
            assertThat(request.options()).isEqualTo(new StartOptions(null, null, null, Access.READ_ONLY, "owner"));
            assertThat(request.nestedIn()).isNull();
        }
    }

    @Test
    void allOptionsAreRead() {
        TransactionStartRequest request =
                request("{\"timeout\":5000,\"maxWait\":2000.5,\"isolationLevel\":\"SERIALIZABLE\",\"newTxId\":\"tx\"}");
        assertThat(request.options())
                .isEqualTo(new StartOptions(
                        Duration.ofSeconds(5),
                        Duration.ofNanos(2_000_500_000),
                        IsolationLevel.SERIALIZABLE,
                        Access.READ_ONLY,
                        "owner"));
        assertThat(request.nestedIn()).isEqualTo("tx");
    }

    @ParameterizedTest
    @CsvSource({
        "READ UNCOMMITTED, READ_UNCOMMITTED",
        "READ COMMITTED, READ_COMMITTED",
        "REPEATABLE READ, REPEATABLE_READ",
        "SERIALIZABLE, SERIALIZABLE",
    })
    void isolationLevelHasItsNameInSql(String name, IsolationLevel level) {
        assertThat(request("{\"isolationLevel\":\"" + name + "\"}").options().isolationLevel())
                .isEqualTo(level);
    }

    /** The type of the client has this level, which exists only in other databases. */
    @Test
    void snapshotIsAnErrorOfTheTransaction() {
        ApiError error = rejected("{\"isolationLevel\":\"SNAPSHOT\"}");
        assertThat(error.status()).isEqualTo(409);
        assertThat(error.code()).isEqualTo("P2028");
        assertThat(error.text()).isEqualTo("Transaction API error: Invalid isolation level: SNAPSHOT");
        assertThat(error.meta()).isEqualTo(Map.of("isolationLevel", "SNAPSHOT"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Serializable", "", "x"})
    void otherLevelIsRejectedWithTheAllowedOnes(String name) {
        ApiError error = rejected("{\"isolationLevel\":\"" + name + "\"}");
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P6000");
        assertThat(error.text())
                .isEqualTo(
                        "Invalid request body: `isolationLevel` must be one of \"READ UNCOMMITTED\", \"READ COMMITTED\","
                                + " \"REPEATABLE READ\" and \"SERIALIZABLE\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"isolationLevel\":1} | Invalid request body: `isolationLevel` must be a string",
                "{\"newTxId\":{}}       | Invalid request body: `newTxId` must be a string",
                "{\"timeout\":\"5\"}    | Invalid request body: `timeout` must be a number of milliseconds",
                "{\"maxWait\":[]}       | Invalid request body: `maxWait` must be a number of milliseconds",
            })
    void optionOfAnotherTypeIsRejected(String body, String message) {
        ApiError error = rejected(body);
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P6000");
        assertThat(error.text()).isEqualTo(message);
    }
}
