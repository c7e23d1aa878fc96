package dev.hasten.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.compiler.SchemaDefinition;
import dev.hasten.compiler.SchemaException;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanValue;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Data become placeholders; what looks like data in another place, or of another type, is left to the compiler. */
final class ParameterizerRulesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final SchemaDefinition SCHEMA = schema("""
            datasource db {
              provider = "postgresql"
            }
            enum Role {
              ADMIN
            }
            model User {
              id      Int @id
              name    String
              tags    String[]
              big     BigInt
              ratio   Float
              price   Decimal
              active  Boolean
              at      DateTime
              data    Json
              docs    Json[]
              bytes   Bytes
              role    Role
              posts   Post[]
              odd     Odd[]
              @@unique([id, name])
            }
            model Post {
              id       Int @id
              title    String
              authorId Int
              author   User @relation(fields: [authorId], references: [id])
            }
            model Odd {
              id     Int @id
              create Int
              some   Int
              userId Int
              user   User @relation(fields: [userId], references: [id])
            }
            """);

    private static SchemaDefinition schema(String text) {
        try {
            return SchemaDefinition.of(text);
        } catch (SchemaException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode query(String action, String model, String arguments) {
        return JSON.readTree(
                "{\"modelName\":\"%s\",\"action\":\"%s\",\"query\":{\"arguments\":%s,\"selection\":{\"id\":true}}}"
                        .formatted(model, action, arguments.replace('\'', '"')));
    }

    /** Returns the arguments; a placeholder is written as {@code <%1:Int>}. */
    private static String arguments(String text) {
        return JSON.readTree(text)
                .at("/query/arguments")
                .toString()
                .replaceAll(
                        "\\{\"\\$type\":\"Param\",\"value\":\\{\"name\":\"(%\\d+)\",\"type\":\"(\\w+)\"(,\"inner\":\\{\"type\":\"(\\w+)\"})?}}",
                        "<$1:$2 $4>")
                .replace(" >", ">")
                .replace('"', '\'');
    }

    private static String parameterized(String action, String arguments) {
        return arguments(
                Parameterizer.query(query(action, "User", arguments), SCHEMA).text());
    }

    private static String values(ParameterizedQuery query) {
        return query.values().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + ((PlanValue.Constant) entry.getValue()).value())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "id     | 1                                        | <%1:Int>",
                "id     | 2147483648                               | 2147483648",
                "id     | 1.5                                      | 1.5",
                "id     | '1'                                      | '1'",
                "id     | null                                     | null",
                "name   | 'Ann'                                    | <%1:String>",
                "name   | 5                                        | 5",
                "big    | 5                                        | <%1:Int>",
                "big    | 9007199254740993                         | <%1:BigInt>",
                "big    | {'$type':'BigInt','value':'9223372036854775807'} | <%1:BigInt>",
                "big    | {'$type':'BigInt','value':'9223372036854775808'} | {'$type':'BigInt','value':'9223372036854775808'}",
                "big    | {'$type':'BigInt','value':'1.5'}         | {'$type':'BigInt','value':'1.5'}",
                "ratio  | 1.5                                      | <%1:Float>",
                "ratio  | 2                                        | <%1:Int>",
                "price  | {'$type':'Decimal','value':'1.50'}       | <%1:Float>",
                "price  | {'$type':'Decimal','value':'1e3'}        | {'$type':'Decimal','value':'1e3'}",
                "price  | 1.5                                      | <%1:Float>",
                "price  | '1.5'                                    | '1.5'",
                "active | true                                     | <%1:Boolean>",
                "active | 'true'                                   | 'true'",
                "at     | {'$type':'DateTime','value':'2024-02-29T12:00:00.000Z'} | <%1:DateTime>",
                "at     | {'$type':'DateTime','value':'2024-02-29'} | {'$type':'DateTime','value':'2024-02-29'}",
                "at     | '2024-02-29T12:00:00.000Z'               | '2024-02-29T12:00:00.000Z'",
                "bytes  | {'$type':'Bytes','value':'AP8='}         | <%1:Bytes>",
                "bytes  | {'$type':'Bytes','value':'AP8'}          | {'$type':'Bytes','value':'AP8'}",
                "bytes  | {'$type':'Bytes','value':'A==='}         | {'$type':'Bytes','value':'A==='}",
                "role   | 'ADMIN'                                  | 'ADMIN'",
                "nope   | 1                                        | 1",
                "id     | {'$type':'BigInt','value':'1'}           | {'$type':'BigInt','value':'1'}",
                "id     | {'$type':'FieldRef','value':{'_ref':'id'}} | {'$type':'FieldRef','value':{'_ref':'id'}}",
            })
    void valueOfTheColumnsTypeIsAPlaceholder(String field, String value, String expected) {
        assertThat(parameterized("findMany", "{'where':{'" + field + "':" + value + "}}"))
                .isEqualTo("{'where':{'" + field + "':" + expected + "}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'id':{'in':[1,2]}}                       | {'id':{'in':<%1:List Int>}}",
                "{'id':{'in':[]}}                          | {'id':{'in':[]}}",
                "{'id':{'in':[1,null]}}                    | {'id':{'in':[1,null]}}",
                "{'id':{'in':5}}                           | {'id':{'in':5}}",
                "{'big':{'in':[1,9007199254740993]}}       | {'big':{'in':<%1:List BigInt>}}",
                "{'ratio':{'in':[1,1.5]}}                  | {'ratio':{'in':<%1:List Float>}}",
                "{'id':{'not':{'gt':1,'lte':9}}}           | {'id':{'not':{'gt':<%1:Int>,'lte':<%2:Int>}}}",
                "{'name':{'contains':'a','mode':'insensitive'}} | {'name':{'contains':<%1:String>,'mode':'insensitive'}}",
                "{'tags':{'has':'a'}}                      | {'tags':{'has':<%1:String>}}",
                "{'tags':{'hasEvery':['a','b']}}           | {'tags':{'hasEvery':<%1:List String>}}",
                "{'tags':{'isEmpty':true}}                 | {'tags':{'isEmpty':true}}",
                "{'data':{'path':['a'],'equals':'x'}}      | {'data':{'path':['a'],'equals':'x'}}",
                "{'data':{'path':['a'],'string_contains':'x'}} | {'data':{'path':['a'],'string_contains':<%1:String>}}",
                "{'data':{'equals':{'$type':'Json','value':'1'}}} | {'data':{'equals':<%1:Json>}}",
                "{'data':{'equals':[1]}}                   | {'data':{'equals':<%1:Json>}}",
                "{'id_name':{'id':1,'name':'a'}}           | {'id_name':{'id':<%1:Int>,'name':<%2:String>}}",
                "{'AND':[{'id':1},{'OR':[{'id':2}]}]}      | {'AND':[{'id':<%1:Int>},{'OR':[{'id':<%2:Int>}]}]}",
                "{'posts':{'some':{'title':'a'}}}          | {'posts':{'some':{'title':<%1:String>}}}",
                // a relation field may have the name of a filter
                "{'odd':{'some':{'id':1}}}                 | {'odd':{'some':{'id':1}}}",
                "{'odd':{'every':{'id':1}}}                | {'odd':{'every':{'id':<%1:Int>}}}",
            })
    void filterIsFollowedToItsData(String where, String expected) {
        assertThat(parameterized("findMany", "{'where':" + where + "}")).isEqualTo("{'where':" + expected + "}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "updateOne | {'data':{'id':{'increment':1},'tags':{'push':'a'}}} | {'data':{'id':{'increment':<%1:Int>},'tags':{'push':<%2:String>}}}",
                "updateOne | {'data':{'tags':{'push':['a']}}}        | {'data':{'tags':{'push':<%1:List String>}}}",
                "updateOne | {'data':{'tags':['a','b']}}             | {'data':{'tags':['a','b']}}",
                "updateOne | {'data':{'tags':{'set':['a']}}}         | {'data':{'tags':{'set':<%1:List String>}}}",
                "createOne | {'data':{'data':{'a':[1,{'$type':'DateTime','value':'x'}]}}} | {'data':{'data':<%1:Json>}}",
                "createOne | {'data':{'data':{'a':{'$type':'Enum','value':'JsonNull'}}}} | {'data':{'data':{'a':{'$type':'Enum','value':'JsonNull'}}}}",
                "createOne | {'data':{'posts':{'create':[{'title':'a'}]}}} | {'data':{'posts':{'create':[{'title':<%1:String>}]}}}",
                "createOne | {'data':{'posts':{'connect':{'id':1}}}} | {'data':{'posts':{'connect':{'id':<%1:Int>}}}}",
                "updateOne | {'data':{'posts':{'update':{'where':{'id':1},'data':{'title':'a'}}}}} | {'data':{'posts':{'update':{'where':{'id':<%1:Int>},'data':{'title':<%2:String>}}}}}",
                "createOne | {'data':{'odd':{'create':{'id':1}}}}    | {'data':{'odd':{'create':{'id':1}}}}",
            })
    void writeIsFollowedToItsData(String action, String arguments, String expected) {
        assertThat(parameterized(action, arguments)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'take':1,'skip':2}",
                "{'orderBy':[{'id':'asc'}]}",
                "{'distinct':['id']}",
                "{'where':5}",
                "{'where':[]}",
                "{'cursor':null}",
                "5",
                "[]"
            })
    void everythingElseIsUnchanged(String arguments) {
        assertThat(parameterized("findMany", arguments)).isEqualTo(arguments);
    }

    @Test
    void cursorAndHavingAreFilters() {
        assertThat(parameterized("findMany", "{'cursor':{'id':1}}")).isEqualTo("{'cursor':{'id':<%1:Int>}}");
        assertThat(parameterized("groupBy", "{'having':{'id':{'_avg':{'gt':1.5},'_count':{'gt':2}}}}"))
                .isEqualTo("{'having':{'id':{'_avg':{'gt':<%1:Float>},'_count':{'gt':<%2:Int>}}}}");
    }

    @Test
    void searchTermIsAPlaceholder() {
        assertThat(parameterized(
                        "findMany", "{'orderBy':{'_relevance':{'fields':['name'],'search':'cat','sort':'asc'}}}"))
                .isEqualTo("{'orderBy':{'_relevance':{'fields':['name'],'search':<%1:String>,'sort':'asc'}}}");
    }

    @Test
    void equalValuesShareAPlaceholder() {
        ParameterizedQuery query = Parameterizer.query(
                query("findMany", "User", "{'where':{'id':1,'OR':[{'id':1},{'name':'1'},{'big':1},{'id':2}]}}"),
                SCHEMA);
        assertThat(arguments(query.text()))
                .isEqualTo(
                        "{'where':{'id':<%1:Int>,'OR':[{'id':<%1:Int>},{'name':<%2:String>},{'big':<%1:Int>},{'id':<%3:Int>}]}}");
        assertThat(values(query)).isEqualTo("%1=1 %2=1 %3=2");
    }

    /** Otherwise, inserts would have different plans depending on which of their values are equal. */
    @Test
    void equalValuesOfManyInsertsShareNoPlaceholder() {
        ParameterizedQuery query =
                Parameterizer.query(query("createMany", "Post", "{'data':[{'authorId':1},{'authorId':1}]}"), SCHEMA);
        assertThat(arguments(query.text())).isEqualTo("{'data':[{'authorId':<%1:Int>},{'authorId':<%2:Int>}]}");
        assertThat(values(query)).isEqualTo("%1=1 %2=1");
    }

    @Test
    void equalValuesOfABatchShareAPlaceholder() {
        ParameterizedQuery batch = Parameterizer.batch(
                List.of(
                        query("findUnique", "User", "{'where':{'id':1}}"),
                        query("findUnique", "User", "{'where':{'id':2}}"),
                        query("findUnique", "User", "{'where':{'id':1}}")),
                SCHEMA);
        JsonNode queries = JSON.readTree(batch.text()).get("batch");
        assertThat(queries.valueStream().map(query -> arguments(query.toString())))
                .containsExactly("{'where':{'id':<%1:Int>}}", "{'where':{'id':<%2:Int>}}", "{'where':{'id':<%1:Int>}}");
        assertThat(values(batch)).isEqualTo("%1=1 %2=2");
    }

    @Test
    void queryOfAnUnknownModelIsUnchanged() {
        assertThat(arguments(Parameterizer.query(query("findMany", "Nope", "{'where':{'id':1}}"), SCHEMA)
                        .text()))
                .isEqualTo("{'where':{'id':1}}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'where':{'id':{'$type':'Param','value':{'name':'%1','type':'Int'}}}}",
                "{'where':{'role':[{'$type':'Param'}]}}",
                "{'take':{'$type':'Param','value':1}}",
            })
    void placeholderOfAClientIsRejected(String arguments) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> parameterized("findMany", arguments));
        assertThat(error.code()).isEqualTo("P6000");
        assertThat(error.text()).isEqualTo("Invalid request body: values of the type `Param` are not allowed");
    }

    /** A raw value is the app's own JSON. */
    @Test
    void rawValueIsNotSearchedForPlaceholders() {
        String arguments = "{'where':{'nope':{'$type':'Raw','value':{'a':{'$type':'Param','value':1}}}}}";
        assertThat(parameterized("findMany", arguments)).isEqualTo(arguments);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'where':{'price':{'$type':'Decimal','value':'1e100000'}}}",
                "{'where':{'price':{'in':['1',{'$type':'Decimal','value':'1e-100000'}]}}}",
                "{'where':{'price':'1E+999999999'}}",
                "{'take':{'$type':'Decimal','value':'1e100000'}}",
                "{'where':{'name':{'$type':'Decimal','value':'1e100000'}}}",
            })
    void hugeExponentIsRejectedEverywhere(String arguments) {
        ApiError error = catchThrowableOfType(ApiError.class, () -> parameterized("findMany", arguments));
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).isEqualTo("P2020");
    }
}
