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
        ApiError error = catchThrowableOfType(ApiError.class, () -> query(json));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P6000");
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
    @CsvSource({"Item, queryRaw, with", "Item, dropTable, with", ", findMany, without", ", x, without"})
    void unknownActionIsRejectedWithTheAllowedOnes(@Nullable String model, String action, String with) {
        String member = model == null ? "" : "'modelName':'" + model + "',";
        assertThat(rejected("{" + member + "'action':'" + action + "','query':{}}"))
                .startsWith("Invalid request body: unknown action `" + action + "` " + with + " a model; allowed are ")
                .contains("aggregate, createMany, createManyAndReturn,", "executeRaw, queryRaw without");
    }

    @Test
    void longActionIsTruncatedInTheError() {
        assertThat(rejected("{'action':'" + "x".repeat(51) + "','query':{}}")).contains("`" + "x".repeat(50) + "`");
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
