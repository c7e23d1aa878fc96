package dev.hasten.plan;

import static dev.hasten.postgres.Results.column;
import static dev.hasten.postgres.Results.columns;
import static dev.hasten.postgres.Results.row;
import static dev.hasten.postgres.Results.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.plan.InMemoryOperations;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanParser;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.value.GeneratorState;
import dev.hasten.protocol.value.Generators;
import dev.hasten.testing.Plans;
import java.time.Clock;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rows are processed in memory as by the official executor. The expected values are those of
 * {@code @prisma/client-engine-runtime} 7.10.
 */
final class InMemoryProcessorTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String FIVE = "[{'id':1},{'id':2},{'id':3},{'id':4},{'id':5}]";

    private static Bindings bindings(Map<String, PlanValue> parameters) {
        return bindings(parameters, new Cancellation());
    }

    private static Bindings bindings(Map<String, PlanValue> parameters, Cancellation cancellation) {
        return new Bindings(
                parameters,
                new Generators(Clock.systemUTC(), new Random(1), new GeneratorState(new Random(1), "test", 1)),
                new Budget(cancellation));
    }

    /** Parses operations; members that are missing have no effect. */
    private static InMemoryOperations operations(String json) {
        Map<String, Object> operations = complete(JSON.readValue(json(json), Map.class));
        Map<String, ?> plan = Plans.node("process", Plans.object("expr", Plans.value(null), "operations", operations));
        return ((PlanNode.ProcessRecords) PlanParser.parse(JSON.valueToTree(plan))).operations();
    }

    private static Map<String, Object> complete(Map<?, ?> given) {
        Map<String, Object> all = Plans.object(
                "pagination", null, "distinct", null, "reverse", false, "linkingFields", null, "nested", Map.of());
        given.forEach((name, value) -> all.put(name.toString(), value));
        Map<String, Object> nested = Plans.object();
        ((Map<?, ?>) all.get("nested"))
                .forEach((name, value) -> nested.put(name.toString(), complete((Map<?, ?>) value)));
        all.put("nested", nested);
        return all;
    }

    private static String json(String singleQuoted) {
        return singleQuoted.replace('\'', '"');
    }

    private static @Nullable Object parse(String json) {
        return JsValues.parseJson(json(json), ParseMeter.NONE);
    }

    private static String processed(@Nullable Object value, String operations) {
        Object result = new InMemoryProcessor(bindings(Map.of())).process(value, operations(operations));
        return JsValues.stringify(result).replace('"', '\'');
    }

    private static String page(@Nullable String cursor, @Nullable Integer take, @Nullable Integer skip) {
        return "{'pagination':{'cursor':" + cursor + ",'take':" + take + ",'skip':" + skip + "}}";
    }

    private static String idsOf(String records) {
        return records.replaceAll("[^\\d,]", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "          | 2  |    | 1,2",
                "          |    | 2  | 3,4,5",
                "          | 2  | 1  | 2,3",
                "          | 0  |    | ``",
                "          | 9  | 9  | ``",
                "          | -1 |    | 1,2,3,4",
                "          |    | -2 | 4,5",
                "          | 2  | -3 | 3,4",
                "{'id':3}  |    |    | 3,4,5",
                "{'id':3}  | 2  |    | 3,4",
                "{'id':3}  | 2  | 1  | 4,5",
                "{'id':5}  | 2  | 1  | ``",
                "{'id':9}  | 2  |    | ``",
                "{'id':'3'} | 1 |    | 3",
                "{'id':null} | 1 |   | ``",
                "{'id':3,'x':1} | 1 | | 3",
            })
    void pageBeginsAtTheCursorAfterTheSkippedRows(String cursor, Integer take, Integer skip, String ids) {
        assertThat(idsOf(processed(parse(FIVE), page(cursor, take, skip)))).isEqualTo(ids);
    }

    @Test
    void nullOfACursorEqualsNull() {
        assertThat(processed(parse("[{'id':1},{'id':null},{'id':2}]"), page("{'id':null}", null, null)))
                .isEqualTo("[{'id':null},{'id':2}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "          | 1  |   | {'id':1,'x':2}",
                "          | -1 |   | {'id':1,'x':2}",
                "          |    | 0 | {'id':1,'x':2}",
                "{'id':1}  |    |   | {'id':1,'x':2}",
                "          | 0  |   | null",
                "          |    | 1 | null",
                "{'id':2}  |    |   | null",
            })
    void singleRecordIsKeptOrLeftOut(String cursor, Integer take, Integer skip, String expected) {
        assertThat(processed(parse("{'id':1,'x':2}"), page(cursor, take, skip))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'distinct':['a']}                       | 1,3,5,6",
                "{'distinct':['a','b']}                   | 1,2,3,5,6",
                "{'distinct':[]}                          | 1",
                "{'distinct':['a'],'linkingFields':['b']} | 1,2,3,5,6",
            })
    void firstOfEqualRowsIsKept(String operations, String ids) {
        Object records = parse("[{'id':1,'a':1,'b':'x'},{'id':2,'a':1,'b':'y'},{'id':3,'a':2,'b':'x'},"
                + "{'id':4,'a':1,'b':'x'},{'id':5,'a':'1','b':'x'},{'id':6,'a':null,'b':'x'}]");
        assertThat(processed(records, operations).replaceAll(".*?'id':(\\d)[^}]*}]?", "$1,"))
                .isEqualTo(ids + ",");
    }

    /** The order of the parents is that of their keys as text: [10] comes before [1]. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'cursor':null,'take':1,'skip':null}      | [{'p':10,'id':4},{'p':1,'id':2},{'p':2,'id':1}]",
                "{'cursor':null,'take':null,'skip':1}      | [{'p':1,'id':5},{'p':2,'id':3},{'p':2,'id':6}]",
                "{'cursor':{'id':3},'take':null,'skip':null} | [{'p':2,'id':3},{'p':2,'id':6}]",
            })
    void rowsOfEachParentHaveTheirOwnPage(String pagination, String expected) {
        Object records =
                parse("[{'p':2,'id':1},{'p':1,'id':2},{'p':2,'id':3},{'p':10,'id':4},{'p':1,'id':5},{'p':2,'id':6}]");
        assertThat(processed(records, "{'linkingFields':['p'],'pagination':" + pagination + "}"))
                .isEqualTo(expected);
    }

    @Test
    void orderIsReversedAfterPagination() {
        assertThat(idsOf(processed(parse(FIVE), "{'reverse':true}"))).isEqualTo("5,4,3,2,1");
        assertThat(idsOf(processed(parse(FIVE), "{'reverse':true,'pagination':{'cursor':null,'take':2,'skip':null}}")))
                .isEqualTo("2,1");
    }

    @Test
    void nestedRecordsAreProcessedInEveryRow() {
        String operations = "{'nested':{'posts':{'pagination':{'cursor':null,'take':1,'skip':null}},"
                + "'one':{'pagination':{'cursor':null,'take':0,'skip':null}}}}";
        assertThat(processed(
                        parse("[{'posts':[{'id':1},{'id':2}],'one':{'id':7}},{'posts':[],'one':null}]"), operations))
                .isEqualTo("[{'posts':[{'id':1}],'one':null},{'posts':[],'one':null}]");
        assertThat(processed(parse("{'posts':[{'id':1},{'id':2}],'one':{'id':7}}"), operations))
                .isEqualTo("{'posts':[{'id':1}],'one':null}");
        assertThat(processed(parse("{}"), operations)).isEqualTo("{}");
    }

    @Test
    void nestedRecordsOfNestedRecordsAreProcessed() {
        assertThat(processed(
                        parse("[{'a':[{'b':[{'id':1},{'id':2}]}]}]"),
                        "{'nested':{'a':{'nested':{'b':{'reverse':true}}}}}"))
                .isEqualTo("[{'a':[{'b':[{'id':2},{'id':1}]}]}]");
    }

    @Test
    void jsonTextIsParsedAndAMissingValueStays() {
        assertThat(processed(json(FIVE), page(null, 1, null))).isEqualTo("[{'id':1}]");
        assertThat(processed(null, page(null, 0, null))).isEqualTo("null");
        Object undefined =
                new InMemoryProcessor(bindings(Map.of())).process(Undefined.UNDEFINED, operations("{'reverse':true}"));
        assertThat(undefined).isEqualTo(Undefined.UNDEFINED);
    }

    @Test
    void rowsOfAStatementAreProcessedAlike() {
        RowSet set = new RowSet(
                columns(column("id", 23)), rows(row("1"), row("2"), row("3")), new Budget(new Cancellation()));
        assertThat(processed(set, page("{'id':2}", null, null))).isEqualTo("[{'id':2},{'id':3}]");
        assertThat(processed(set, "{'reverse':true}")).isEqualTo("[{'id':3},{'id':2},{'id':1}]");
        assertThat(processed(set, "{}")).as("unchanged by the other calls").isEqualTo("[{'id':1},{'id':2},{'id':3}]");
    }

    /** Columns by OID; the client's value of a cursor has the type that JSON allows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "23   | 1                | 1                      | true",
                "23   | 1                | '1'                    | true",
                "23   | 1                | 2                      | false",
                "25   | a                | 'a'                    | true",
                "25   | a                | 'b'                    | false",
                "20   | 9007199254740993 | '9007199254740993'     | true",
                "20   | 9007199254740993 | '9007199254740992'     | false",
                "20   | 9007199254740993 | 9007199254740993       | true",
                "20   | 9007199254740993 | 9007199254740992       | false",
                "1700 | 1.50             | 1.5                    | true",
                "25   | 1e0              | 1                      | true",
                "25   | x                | 1                      | false",
                "16   | t                | 1                      | true",
                "16   | f                | 1                      | false",
                "25   | no date          | {'prisma__type':'param','prisma__value':{'name':'epoch','type':'DateTime'}} | false",
                "1007 | {1,2}            | [1,2]                  | true",
                "1007 | {1,2}            | [1,3]                  | false",
                "16   | t                | true                   | true",
                "16   | t                | false                  | false",
                "17   | \\x00ff          | 'AP8='                 | true",
                "17   | \\x00ff          | 'AP4='                 | false",
                "17   | \\x00ff          | '%%'                   | false",
                "1184 | 2024-02-29 12:00:00+00 | {'prisma__type':'param','prisma__value':{'name':'p','type':'DateTime'}} | true",
                "1184 | 2024-02-29 12:00:01+00 | {'prisma__type':'param','prisma__value':{'name':'p','type':'DateTime'}} | false",
                "25   | no date          | {'prisma__type':'param','prisma__value':{'name':'p','type':'DateTime'}} | false",
            })
    void cursorIsComparedInTheTypeOfTheColumn(int oid, String text, String cursor, boolean found) {
        RowSet set = new RowSet(columns(column("c", oid)), rows(row(text)), new Budget(new Cancellation()));
        Map<String, PlanValue> parameters = Map.of(
                "p", new PlanValue.Constant("2024-02-29T14:00:00+02:00"),
                "epoch", new PlanValue.Constant("1970-01-01T00:00:00Z"));
        Object result = new InMemoryProcessor(bindings(parameters))
                .process(set, operations(page("{'c':" + cursor + "}", null, null)));
        assertThat(JsValues.asList(result)).hasSize(found ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'distinct':['id']}",
                "{'pagination':{'cursor':{'id':5},'take':null,'skip':null}}",
                "{'linkingFields':['id'],'pagination':{'cursor':null,'take':1,'skip':null}}",
            })
    void everyOperationStopsWhenTheRequestIsCancelled(String operations) {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel(Cancellation.Reason.DISCONNECT);
        InMemoryProcessor processor = new InMemoryProcessor(bindings(Map.of(), cancellation));
        assertThatThrownBy(() -> processor.process(parse(FIVE), operations(operations)))
                .isInstanceOf(CancelledException.class);
    }
}
