package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.protocol.ApiError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Queries of clients are checked before they reach the compiler, which would crash on some of them. */
final class JsonQueryTest {
    private static JsonQuery query(String json) {
        return JsonQuery.of(JsonMapper.shared().readTree(json.replace('\'', '"')));
    }

    private static JsonQuery query(@Nullable String model, String action) {
        String member = model == null ? "" : "'modelName':'" + model + "',";
        return query("{" + member + "'action':'" + action + "','query':{}}");
    }

    private static String rejected(String json) {
        return rejected(json, "P6000");
    }

    private static String rejected(String json, String code) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> query(json));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo(code);
        return error.text();
    }

    @ParameterizedTest
    @CsvSource({
        "Item, findUnique,          findUniqueItem",
        "Item, findUniqueOrThrow,   findUniqueItemOrThrow",
        "Item, findFirst,           findFirstItem",
        "Item, findFirstOrThrow,    findFirstItemOrThrow",
        "Item, findMany,            findManyItem",
        "Item, aggregate,           aggregateItem",
        "Item, groupBy,             groupByItem",
        "Item, createOne,           createOneItem",
        "Item, createMany,          createManyItem",
        "Item, createManyAndReturn, createManyItemAndReturn",
        "Item, updateOne,           updateOneItem",
        "Item, updateMany,          updateManyItem",
        "Item, updateManyAndReturn, updateManyItemAndReturn",
        "Item, upsertOne,           upsertOneItem",
        "Item, deleteOne,           deleteOneItem",
        "Item, deleteMany,          deleteManyItem",
        ",     queryRaw,            queryRaw",
        ",     executeRaw,          executeRaw",
    })
    void everyActionHasAResultWithTheNameThatClientsRead(@Nullable String model, String action, String name) {
        JsonQuery query = query(model, action);
        assertThat(query.resultName()).isEqualTo(name);
        assertThat(query.isRaw()).isEqualTo(model == null);
        assertThat(query.findsOneByKey()).isEqualTo(action.startsWith("findUnique"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Item | queryRaw  | Operation 'queryRaw' for model 'Item' does not match any query.",
                "Item | dropTable | Operation 'dropTable' for model 'Item' does not match any query.",
                "     | findMany  | Operation 'findMany' does not match any query.",
            })
    void unknownActionHasTheTextOfTheEngine(@Nullable String model, String action, String text) {
        String member = model == null ? "" : "'modelName':'" + model + "',";
        assertThat(rejected("{" + member + "'action':'" + action + "','query':{}}", "P2009"))
                .isEqualTo(text);
    }

    @Test
    void longActionIsTruncatedInTheError() {
        assertThat(rejected("{'action':'" + "x".repeat(51) + "','query':{}}", "P2009"))
                .contains("'" + "x".repeat(50) + "'");
    }

    @Test
    void graphqlIsNamedInTheError() {
        assertThat(rejected("{'query':'query { findManyItem { id } }','variables':{}}"))
                .startsWith("Invalid request body: GraphQL, which clients before Prisma 5 send, is not supported");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "1",
                "null",
                "{'action':'queryRaw'}",
                "{'action':1,'query':{}}",
                "{'action':'queryRaw','query':[]}",
                "{'modelName':1,'action':'findMany','query':{}}",
                "{'modelName':{},'action':'findMany','query':{}}",
            })
    void otherJsonIsRejected(String json) {
        assertThat(rejected(json))
                .startsWith("Invalid request body: a query must be an object with `action`, `query` and");
    }

    @Test
    void modelNullIsAMissingModel() {
        assertThat(query("{'modelName':null,'action':'queryRaw','query':{}}").model())
                .isNull();
    }
}
