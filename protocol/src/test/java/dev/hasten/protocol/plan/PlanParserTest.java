package dev.hasten.protocol.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanValue.Constant;
import dev.hasten.protocol.plan.PlanValue.ListOf;
import dev.hasten.protocol.plan.PlanValue.Placeholder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class PlanParserTest {
    private static PlanNode parse(String json) {
        return PlanParser.parse(JsonMapper.shared().readTree(json));
    }

    @Test
    void aTemplateWithoutListsHasPrebuiltSql() {
        PlanNode node = parse("""
                {"type": "query", "args": {"type": "templateSql", "chunkable": true,
                 "fragments": [{"type": "stringChunk", "chunk": "SELECT "}, {"type": "parameter"},
                               {"type": "stringChunk", "chunk": ", "}, {"type": "parameter"}],
                 "placeholderFormat": {"prefix": "$", "hasNumbering": true},
                 "args": [1, {"prisma__type": "param", "prisma__value": {"name": "%1", "type": "Int"}}],
                 "argTypes": [{"arity": "scalar", "scalarType": "int"}, {"arity": "scalar", "scalarType": "int"}]}}""");
        DbQuery.TemplateSql template = (DbQuery.TemplateSql) ((PlanNode.Query) node).query();
        assertThat(template.fixedSql()).isEqualTo("SELECT $1, $2");
        assertThat(template.arguments()).containsExactly(new Constant(1L), new Placeholder("%1", "Int"));
    }

    @Test
    void aTemplateWithAListHasNoPrebuiltSql() {
        PlanNode node = parse("""
                {"type": "query", "args": {"type": "templateSql", "chunkable": true,
                 "fragments": [{"type": "stringChunk", "chunk": "SELECT 1 IN "},
                               {"type": "parameterTuple", "itemPrefix": "", "itemSeparator": ",", "itemSuffix": ""}],
                 "placeholderFormat": {"prefix": "$", "hasNumbering": true}, "args": [[1, 2]],
                 "argTypes": [{"arity": "scalar", "scalarType": "int"}]}}""");
        assertThat(((DbQuery.TemplateSql) ((PlanNode.Query) node).query()).fixedSql())
                .isNull();
    }

    @Test
    void aListWithAPlaceholderIsEvaluatedAtRuntimeAndAnyOtherIsConstant() {
        assertThat(parse("{\"type\": \"value\", \"args\": [1, [2]]}"))
                .isEqualTo(new PlanNode.Value(new Constant(List.of(1L, List.of(2L)))));
        assertThat(
                        parse(
                                "{\"type\": \"value\", \"args\": [1, {\"prisma__type\": \"param\", \"prisma__value\": {\"name\": \"a\"}}]}"))
                .isEqualTo(new PlanNode.Value(new ListOf(List.of(new Constant(1L), new Placeholder("a", "")))));
    }

    @Test
    void aFieldWithoutAColumnUsesItsOwnName() {
        PlanNode.DataMap map = (PlanNode.DataMap) parse("""
                {"type": "dataMap", "args": {"expr": {"type": "unit"}, "enums": {},
                 "structure": {"type": "object", "serializedName": null, "skipNulls": false, "fields": {
                   "id": {"type": "field", "fieldType": {"arity": "scalar", "type": "int"}},
                   "mail": {"type": "field", "dbName": "email", "fieldType": {"arity": "scalar", "type": "string"}}}}}}""");
        assertThat(((ResultNode.ObjectNode) map.structure()).fields())
                .extracting(field -> ((ResultNode.FieldNode) field.node()).column())
                .containsExactly("id", "email");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{\"type\": \"teleport\", \"args\": 1} | query plan node type `teleport` at `plan`",
                "{\"type\": \"unique\", \"args\": {\"type\": \"warp\"}} | query plan node type `warp` at `plan.args`",
                "{\"type\": \"query\", \"args\": {\"type\": \"mongo\", \"args\": []}} | statement type `mongo`",
            })
    void unknownConstructsOfNewerClientsAreP6006AndNamed(String plan, String text) {
        assertThatThrownBy(() -> parse(plan)).isInstanceOfSatisfying(ApiError.class, error -> {
            assertThat(error.code()).isEqualTo("P6006");
            assertThat(error.text()).contains(text);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "[] | `plan` must be an object",
                "{} | `plan.type` is missing",
                "{\"type\": 1} | `plan.type` must be a string",
                "{\"type\": \"seq\", \"args\": {}} | `plan.args` must be a list",
                "{\"type\": \"get\"} | `plan.args` is missing",
                "{\"type\": \"concat\", \"args\": [{\"type\": \"unit\"}, 1]} | `plan.args[1]` must be an object",
                "{\"type\": \"if\", \"args\": {\"value\": {\"type\": \"unit\"}, \"rule\": {\"type\": \"rowCountEq\", \"args\": 1.5}}} | `plan.args.rule.args` must be a whole number",
            })
    void aMalformedPlanIsReportedWithItsLocation(String plan, String text) {
        assertThatThrownBy(() -> parse(plan)).isInstanceOfSatisfying(ApiError.class, error -> {
            assertThat(error.code()).isEqualTo("P6000");
            assertThat(error.text()).contains(text);
        });
    }
}
