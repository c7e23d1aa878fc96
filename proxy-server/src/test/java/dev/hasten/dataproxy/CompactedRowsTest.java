package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.plan.ParsedPlan;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.schema.CompiledBatch;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Each query of a compacted batch gets the row with its key. */
final class CompactedRowsTest {
    private static String responses(
            String rows,
            Set<String> selection,
            List<String> keys,
            List<Map<String, PlanValue>> arguments,
            Map<String, PlanValue> values) {
        CompiledBatch batch = new CompiledBatch(
                new CompiledBatch.Shape(
                        ParsedPlan.of(new PlanNode.Unit(), 0), arguments, selection, keys, Set.of("uuid"), true, false),
                values);
        return new CompactedRows(batch, JsonMapper.shared().readTree(rows.replace('\'', '"')))
                .responses()
                .toString()
                .replace('"', '\'');
    }

    private static PlanValue constant(Object value) {
        return new PlanValue.Constant(value);
    }

    @Test
    void rowsAreAssignedInTheOrderOfTheQueries() {
        assertThat(responses(
                        "[{'id':1,'n':'a'},{'id':2,'n':'b'}]",
                        Set.of("n"),
                        List.of("id"),
                        List.of(Map.of("id", constant(2L)), Map.of("id", constant(9L)), Map.of("id", constant(1L))),
                        Map.of()))
                .isEqualTo("[{'n':'b'}, null, {'n':'a'}]");
    }

    @Test
    void queriesWithTheSameKeyGetTheSameRow() {
        assertThat(responses(
                        "[{'id':1}]",
                        Set.of("id"),
                        List.of("id"),
                        List.of(Map.of("id", constant(1L)), Map.of("id", constant(1L))),
                        Map.of()))
                .isEqualTo("[{'id':1}, {'id':1}]");
    }

    @Test
    void placeholderHasTheValueOfTheBatch() {
        assertThat(responses(
                        "[{'id':7}]",
                        Set.of("id"),
                        List.of("id"),
                        List.of(Map.of("id", new PlanValue.Placeholder("%1", "Int"))),
                        Map.of("%1", constant(7L))))
                .isEqualTo("[{'id':7}]");
    }

    @Test
    void allKeysMustBeEqual() {
        assertThat(responses(
                        "[{'a':1,'b':'x'},{'a':1,'b':'y'}]",
                        Set.of("b"),
                        List.of("a", "b"),
                        List.of(
                                new TreeMap<>(Map.of("a", constant(1L), "b", constant("y"))),
                                new TreeMap<>(Map.of("a", constant(2L), "b", constant("y")))),
                        Map.of()))
                .isEqualTo("[{'b':'y'}, null]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5c3f8a40-0e9b-4d5c-8c3e-0123456789ab",
                "5C3F8A40-0E9B-4D5C-8C3E-0123456789AB",
                "5c3f8a400e9b4d5c8c3e0123456789ab",
                "{5c3f8a40-0e9b4d5c-8c3e0123-456789ab}",
            })
    void uuidMayHaveEveryFormThatPostgresAccepts(String uuid) {
        assertThat(responses(
                        "[{'uuid':'5c3f8a40-0e9b-4d5c-8c3e-0123456789ab'}]",
                        Set.of("uuid"),
                        List.of("uuid"),
                        List.of(Map.of("uuid", constant(uuid))),
                        Map.of()))
                .isEqualTo("[{'uuid':'5c3f8a40-0e9b-4d5c-8c3e-0123456789ab'}]");
    }

    @Test
    void noRowsMeanNoRecords() {
        assertThat(responses("[]", Set.of("id"), List.of("id"), List.of(Map.of("id", constant(1L))), Map.of()))
                .isEqualTo("[null]");
    }

    /** A key has the form of a request, and the row that of a response. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "abc                      | 'abc'                                                     | true",
                "abc                      | 'ABC'                                                     | false",
                "1                        | '1'                                                       | true",
                "9007199254740993         | {'$type':'BigInt','value':'9007199254740993'}             | true",
                "9007199254740993         | {'$type':'BigInt','value':'9007199254740992'}             | false",
                "1.50                     | {'$type':'Decimal','value':'1.5'}                         | true",
                "1e2                      | {'$type':'Decimal','value':'100'}                         | true",
                "1.51                     | {'$type':'Decimal','value':'1.5'}                         | false",
                "2024-02-29T14:00:00+02:00 | {'$type':'DateTime','value':'2024-02-29T12:00:00.000Z'}  | true",
                "2024-02-29T12:00:00.001Z | {'$type':'DateTime','value':'2024-02-29T12:00:00.000Z'}   | false",
                "AP8=                     | {'$type':'Bytes','value':'AP8='}                          | true",
                "no number                | {'$type':'Decimal','value':'1'}                           | false",
                "no date                  | {'$type':'DateTime','value':'2024-02-29T12:00:00.000Z'}   | false",
                "true                     | true                                                      | true",
            })
    void keysAreComparedByValue(String argument, String key, boolean found) {
        assertThat(responses(
                        "[{'k':" + key + ",'n':1}]",
                        Set.of("n"),
                        List.of("k"),
                        List.of(Map.of("k", constant(argument))),
                        Map.of()))
                .isEqualTo(found ? "[{'n':1}]" : "[null]");
    }

    @Test
    void numbersAreEqualWithAnyNumberOfDigits() {
        for (Object argument : List.of(1L, 1.0)) {
            assertThat(responses(
                            "[{'k':1.0}]",
                            Set.of("k"),
                            List.of("k"),
                            List.of(Map.of("k", constant(argument))),
                            Map.of()))
                    .isEqualTo("[{'k':1.0}]");
        }
    }
}
