package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.postgres.IsolationLevel;
import dev.hasten.protocol.ApiError;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Isolation levels have the names of Prisma or of SQL. */
final class IsolationLevelsTest {
    private static IsolationLevel level(String json) {
        return IsolationLevels.of(JsonMapper.shared().readTree(json).path("level"));
    }

    @ParameterizedTest
    @CsvSource({
        "ReadUncommitted, READ_UNCOMMITTED",
        "ReadCommitted, READ_COMMITTED",
        "RepeatableRead, REPEATABLE_READ",
        "Serializable, SERIALIZABLE",
        "READ UNCOMMITTED, READ_UNCOMMITTED",
        "READ COMMITTED, READ_COMMITTED",
        "REPEATABLE READ, REPEATABLE_READ",
        "SERIALIZABLE, SERIALIZABLE",
    })
    void levelIsFoundByEitherName(String name, IsolationLevel level) {
        assertThat(level("{\"level\":\"" + name + "\"}")).isEqualTo(level);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"level\":null}"})
    void levelIsOptional(String body) {
        assertThat(level(body)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"\"Snapshot\" | Snapshot", "\"serializable\" | serializable", "\"\" | ''", "1 | 1", "{} | ''"})
    void otherLevelHasTheTextOfTheEngine(String value, String named) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> level("{\"level\":" + value + "}"));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P2023");
        assertThat(error.text())
                .isEqualTo("Inconsistent column data: Conversion failed: Invalid isolation level `" + named + "`");
    }
}
