package dev.hasten.dataproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.json.JsonBuffer;
import dev.hasten.plan.ParsedPlan;
import dev.hasten.plan.PlanRunner.Job;
import dev.hasten.plan.Statements;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.StatementPolicy;
import dev.hasten.postgres.StatementResult;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Many rows are inserted in parts of 100, in one transaction, with one result. */
final class CreateManyChunksTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** An open transaction, which runs the work as often as given; only the last run counts. */
    private record Transaction(int runs) implements Statements {
        @Override
        public StatementResult run(
                ParsedStatement sql, List<? extends @Nullable Object> parameters, StatementPolicy policy) {
            throw new AssertionError("the parts run through the function");
        }

        @Override
        public <T> T inTransaction(Supplier<T> work) {
            for (int i = 1; i < runs; i++) {
                var _ = work.get();
            }
            return work.get();
        }
    }

    private static JsonQuery query(String action, int rows) {
        String data = IntStream.range(0, rows)
                .mapToObj(id -> "{\"id\":" + id + "}")
                .collect(Collectors.joining(",", "[", "]"));
        return JsonQuery.of(JSON.readTree(
                "{\"modelName\":\"Item\",\"action\":\"%s\",\"query\":{\"selection\":{\"count\":true},".formatted(action)
                        + "\"arguments\":{\"skipDuplicates\":true,\"data\":" + data + "}}}"));
    }

    private static String inserted(String action, Statements statements, long limit, @Nullable String... results) {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            jobs.add(new Job(ParsedPlan.of(new PlanNode.Unit(), 0), Map.of(), String.valueOf(i)));
        }
        return CreateManyChunks.insert(
                        action,
                        jobs,
                        statements,
                        job -> {
                            String result = results[Integer.parseInt(job.comment())];
                            return result == null ? null : JsonBuffer.of(result.getBytes(UTF_8));
                        },
                        limit)
                .toString();
    }

    @ParameterizedTest
    @CsvSource({
        "createMany, 100, false",
        "createMany, 101, true",
        "createManyAndReturn, 101, true",
        "createMany, 0, false",
        "updateMany, 101, false",
        "createOne, 101, false",
    })
    void moreThan100RowsAreSplit(String action, int rows, boolean split) {
        assertThat(CreateManyChunks.isLarge(query(action, rows))).isEqualTo(split);
    }

    @Test
    void singleRowIsNotSplit() {
        JsonNode single = JSON.readTree(
                "{\"modelName\":\"Item\",\"action\":\"createMany\",\"query\":{\"arguments\":{\"data\":{}}}}");
        assertThat(CreateManyChunks.isLarge(JsonQuery.of(single))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"101 | 100,1", "200 | 100,100", "250 | 100,100,50"})
    void partsHaveAllRowsInOrder(int rows, String sizes) {
        JsonQuery query = query("createMany", rows);
        List<JsonQuery> parts = CreateManyChunks.parts(query);
        List<JsonNode> data = parts.stream()
                .map(part -> part.json().at("/query/arguments/data"))
                .toList();
        assertThat(data.stream().map(part -> String.valueOf(part.size())).collect(Collectors.joining(",")))
                .isEqualTo(sizes);
        assertThat(data.stream()
                        .flatMap(JsonNode::valueStream)
                        .map(row -> row.get("id").intValue()))
                .containsExactlyElementsOf(IntStream.range(0, rows).boxed().toList());
    }

    @Test
    void partsDifferFromTheQueryOnlyInTheirRows() {
        JsonQuery query = query("createManyAndReturn", 101);
        JsonQuery last = CreateManyChunks.parts(query).getLast();
        assertThat(last.model()).isEqualTo("Item");
        assertThat(last.action()).isEqualTo("createManyAndReturn");
        assertThat(last.json())
                .hasToString(
                        "{\"modelName\":\"Item\",\"action\":\"createManyAndReturn\",\"query\":{\"selection\":{\"count\":true},"
                                + "\"arguments\":{\"skipDuplicates\":true,\"data\":[{\"id\":100}]}}}");
        assertThat(query.json().at("/query/arguments/data").size())
                .as("rows of the query")
                .isEqualTo(101);
    }

    @Test
    void countsAreAdded() {
        assertThat(inserted(
                        "createMany", new Transaction(1), 1000, "{\"count\":100}", "{\"count\":0}", "{\"count\":7}"))
                .isEqualTo("{\"count\":107}");
    }

    @Test
    void recordsAreConcatenated() {
        assertThat(inserted(
                        "createManyAndReturn",
                        new Transaction(1),
                        1000,
                        "[]",
                        "[{\"a\":1},{\"a\":2}]",
                        "[]",
                        "[{\"a\":3}]"))
                .isEqualTo("[{\"a\":1},{\"a\":2},{\"a\":3}]");
        assertThat(inserted("createManyAndReturn", new Transaction(1), 1000, "[]", "[]"))
                .isEqualTo("[]");
    }

    @Test
    void partWithoutAResultIsLeftOut() {
        assertThat(inserted("createMany", new Transaction(1), 1000, null, "{\"count\":1}"))
                .isEqualTo("{\"count\":1}");
        assertThat(inserted("createManyAndReturn", new Transaction(1), 1000, "[1]", null))
                .isEqualTo("[1]");
    }

    /** A schema change makes the transaction run its work again. */
    @Test
    void resultsOfAFirstRunAreForgotten() {
        assertThat(inserted("createMany", new Transaction(2), 20, "{\"count\":3}"))
                .isEqualTo("{\"count\":3}");
        assertThat(inserted("createManyAndReturn", new Transaction(2), 20, "[1,2]"))
                .isEqualTo("[1,2]");
    }

    @Test
    void sizeOfAllPartsIsLimited() {
        assertThat(inserted("createManyAndReturn", new Transaction(1), 10, "[123]", "[456]"))
                .isEqualTo("[123,456]");
        ApiError error = catchThrowableOfType(
                ApiError.class, () -> inserted("createManyAndReturn", new Transaction(1), 9, "[123]", "[456]"));
        assertThat(error.code()).isEqualTo("P6009");
        assertThat(error.text()).contains("the response is larger than the limit of 9 bytes");
    }
}
