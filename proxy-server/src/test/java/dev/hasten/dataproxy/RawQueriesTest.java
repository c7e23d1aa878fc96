package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.plan.DbQuery;
import dev.hasten.protocol.plan.DbQuery.ArgumentType;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanValue;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Raw SQL of clients becomes a plan with the parameters and types that Prisma's client would send. */
final class RawQueriesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static JsonNode query(Object parameters) {
        return JSON.valueToTree(Map.of("arguments", Map.of("query", "SELECT 1", "parameters", parameters)));
    }

    private static PlanNode plan(String action, JsonNode query) {
        return RawQueries.plan(action, query, ParseMeter.NONE).plan();
    }

    private static DbQuery sql(PlanNode plan) {
        return switch (plan) {
            case PlanNode.Query(DbQuery sql) -> sql;
            case PlanNode.Execute(DbQuery sql) -> sql;
            default -> throw new AssertionError("unexpected plan: " + plan);
        };
    }

    @Test
    void actionDeterminesTheResult() {
        assertThat(plan("queryRaw", query("[]"))).isInstanceOf(PlanNode.Query.class);
        assertThat(plan("executeRaw", query("[]"))).isInstanceOf(PlanNode.Execute.class);
        assertThat(sql(plan("queryRaw", query("[]")))).extracting("sql").isEqualTo("SELECT 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1                                                          | 1                    | decimal",
                "'a'                                                        | a                    | string",
                "null                                                       | null                 | unknown",
                "true                                                       | true                 | unknown",
                "{'prisma__type':'bigint','prisma__value':'9007199254740993'} | 9007199254740993   | bigint",
                "{'prisma__type':'date','prisma__value':'2024-02-29T12:00:00.000Z'} | 2024-02-29T12:00:00.000Z | datetime",
                "{'prisma__type':'decimal','prisma__value':'1.50'}          | 1.50                 | decimal",
                "{'prisma__type':'bytes','prisma__value':'AP8='}            | AP8=                 | bytes",
                "{'prisma__type':'x','prisma__value':5}                     | 5                    | unknown",
                "{'a':[1]}                                                  | {'a':[1]}            | json",
            })
    void parameterHasItsValueAndType(String parameter, String value, String type) {
        DbQuery sql = sql(plan("queryRaw", query(("[" + parameter + "]").replace('\'', '"'))));
        PlanValue argument = sql.arguments().getFirst();
        assertThat(argument).isInstanceOf(PlanValue.Constant.class);
        assertThat(String.valueOf(((PlanValue.Constant) argument).value()).replace('"', '\''))
                .isEqualTo(value);
        assertThat(sql)
                .extracting("argumentTypes")
                .asString()
                .isEqualTo("[" + new ArgumentType(false, type, null) + "]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1,2]  | [1, 2] | decimal",
                "['a']  | [a]    | string",
                "[]     | []     | unknown",
                "[{'prisma__type':'bigint','prisma__value':'7'}] | [7] | bigint",
            })
    void listHasTheTypeOfItsFirstElement(String parameter, String values, String type) {
        DbQuery sql = sql(plan("queryRaw", query(("[" + parameter + "]").replace('\'', '"'))));
        assertThat(sql.arguments())
                .singleElement()
                .extracting("value")
                .asString()
                .isEqualTo(values);
        assertThat(sql)
                .extracting("argumentTypes")
                .asString()
                .isEqualTo("[" + new ArgumentType(true, type, null) + "]");
    }

    @Test
    void parametersAreOptional() {
        JsonNode without = JSON.readTree("{\"arguments\":{\"query\":\"SELECT 1\"}}");
        assertThat(sql(plan("queryRaw", without)).arguments()).isEmpty();
        JsonNode withNull = JSON.readTree("{\"arguments\":{\"query\":\"SELECT 1\",\"parameters\":null}}");
        assertThat(sql(plan("queryRaw", withNull)).arguments()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "1", "null", "[1"})
    void parametersThatAreNoListAreRejected(String parameters) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> plan("queryRaw", query(parameters)));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P6000");
        assertThat(error.text())
                .isEqualTo("Invalid request body: `query.arguments.parameters` must be a string with a JSON list");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"arguments\":{}}", "{\"arguments\":{\"query\":1}}", "{\"arguments\":[]}"})
    void missingSqlIsRejected(String query) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> plan("queryRaw", JSON.readTree(query)));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P6000");
        assertThat(error.text()).isEqualTo("Invalid request body: `query.arguments.query` must be a string with SQL");
    }
}
