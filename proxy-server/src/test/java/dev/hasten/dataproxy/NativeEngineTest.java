package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.DataProxyClient;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Behavior of the native query engine that the engine as WebAssembly, the reference of conformance/, does not have. Hosted
 * Accelerate ran the native one.
 */
@Tag("integration")
final class NativeEngineTest {
    private static final String SCHEMA = """
            datasource db {
              provider     = "postgresql"
              url          = env("DATABASE_URL")
              relationMode = "prisma"
            }
            generator client {
              provider = "prisma-client-js"
            }
            model Item {
              id    String  @id @db.Uuid
              code  String  @unique @db.Char(4)
              name  String?
              price Decimal?
            }
            model Parent {
              id    Int    @id
              child Child?
            }
            model Child {
              id       Int    @id
              parentId Int    @unique
              parent   Parent @relation(fields: [parentId], references: [id], onDelete: Restrict)
            }
            model Album {
              id    Int    @id
              cover Cover?
            }
            model Cover {
              id      Int   @id
              albumId Int   @unique
              album   Album @relation(fields: [albumId], references: [id], onDelete: Cascade, onUpdate: Cascade)
            }
            """;

    private static final String ID = "5c3f8a40-0e9b-4d5c-8c3e-0123456789ab";
    private static final String OTHER_ID = "6c3f8a40-0e9b-4d5c-8c3e-0123456789ab";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("""
            CREATE TABLE "Item" (id uuid PRIMARY KEY, code char(4) UNIQUE, name text, price numeric);
            CREATE TABLE "Parent" (id int PRIMARY KEY);
            CREATE TABLE "Child" (id int PRIMARY KEY, "parentId" int NOT NULL UNIQUE);
            CREATE TABLE "Album" (id int PRIMARY KEY);
            CREATE TABLE "Cover" (id int PRIMARY KEY, "albumId" int NOT NULL UNIQUE);
            CREATE TYPE color AS ENUM ('red', 'light blue');
            CREATE TABLE place (point int[], colors color[]);
            INSERT INTO place VALUES ('{1,2}', '{red,NULL,light blue}');
            """);

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES)
            .with("databases.default.cache.defaults[0].model", "Item")
            .with("databases.default.cache.defaults[0].ttl", "1m");

    private static final DataProxyClient CLIENT = new DataProxyClient(SERVER.client(), "6.19.0", SCHEMA);

    @BeforeAll
    static void uploadSchema() {
        assertThat(CLIENT.upload().status()).isEqualTo(200);
    }

    @BeforeEach
    void seed() {
        POSTGRES.execute("TRUNCATE \"Item\", \"Parent\", \"Child\"");
        POSTGRES.execute(
                "INSERT INTO \"Item\" VALUES ('" + ID + "', 'ab', 'one', 1), ('" + OTHER_ID + "', 'cd', 'two', 2)");
        POSTGRES.execute("INSERT INTO \"Parent\" VALUES (1), (2), (3)", "INSERT INTO \"Child\" VALUES (1, 1), (2, 2)");
        SERVER.server()
                .databases()
                .values()
                .forEach(database -> database.cache().invalidateAll("test"));
    }

    private static String raw(String sql, String parameters) {
        return JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "action",
                        "queryRaw",
                        "query",
                        Map.of("arguments", Map.of("query", sql, "parameters", parameters), "selection", Map.of())));
    }

    private static JsonNode rows(String sql, String parameters) {
        Reply reply = CLIENT.graphql(raw(sql, parameters));
        assertThat(reply.json().has("data")).as(reply.text()).isTrue();
        return reply.json().get("data").get("queryRaw");
    }

    private static String find(String where) {
        return "{\"modelName\":\"Item\",\"action\":\"findUnique\",\"query\":{\"arguments\":{\"where\":" + where
                + "},\"selection\":{\"name\":true}}}";
    }

    private static String batch(String... queries) {
        return "{\"batch\":[" + String.join(",", queries) + "]}";
    }

    /** PostgreSQL cannot infer the types of most of these parameters, or infers others. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT $1 AS x                                 | [1]                  | int         | 1",
                "SELECT $1 AS x                                 | [3000000000]         | bigint      | \"3000000000\"",
                "SELECT $1 AS x                                 | [1.5]                | decimal     | \"1.5\"",
                "SELECT $1 AS x                                 | [true]               | bool        | true",
                "SELECT $1 AS x                                 | [\"text\"]           | string      | \"text\"",
                "SELECT $1 AS x                                 | [[1,3000000000]]     | bigint-array | [\"1\",\"3000000000\"]",
                "SELECT $1 AS x                                 | [[1,2.5]]            | decimal-array | [\"1\",\"2.5\"]",
                "SELECT $1 AS x                                 | [[true,null]]        | bool-array  | [true,null]",
                "SELECT $1 AS x                                 | [{\"a\":[1]}]        | json        | {\"a\":[1]}",
                "SELECT $1 AS x | [{\"prisma__type\":\"bigint\",\"prisma__value\":\"7\"}]  | bigint | \"7\"",
                "SELECT $1 AS x | [{\"prisma__type\":\"decimal\",\"prisma__value\":\"1.50\"}]  | decimal | \"1.50\"",
                "SELECT $1 AS x | [{\"prisma__type\":\"bytes\",\"prisma__value\":\"AP8=\"}]  | bytes | \"AP8=\"",
                "SELECT $1 AS x | [{\"prisma__type\":\"date\",\"prisma__value\":\"2024-02-29T12:00:00.000Z\"}]"
                        + " | datetime | \"2024-02-29T12:00:00+00:00\"",
                "SELECT $1 + $2 AS x                            | [1,2]                | int         | 3",
                "SELECT length('abc') > $1 AS x                 | [2.5]                | bool        | true",
                "SELECT jsonb_build_object('a', $1) AS x        | [1]                  | json        | {\"a\":1}",
                "SELECT 'Abc' ILIKE concat('%', $1, '%') AS x   | [\"b\"]            | bool        | true",
                "SELECT $1 IS NULL OR 'a' = $2 AS x             | [\"a\",\"a\"]    | bool        | true",
                "SELECT jsonb_build_object('a', $1) AS x        | [\"b\"]            | json        | {\"a\":\"b\"}",
                "SELECT to_jsonb($1) AS x                       | [\"b\"]            | json        | \"b\"",
                "`SELECT $1 || $2 AS x`                         | [\"a\",\"b\"]    | string      | \"ab\"",
                "SELECT array_length($1, 1) AS x                | [[\"a\",\"b\"]]  | int         | 2",
                "SELECT left(concat($1), $2) AS x               | [\"abc\",2]        | string      | \"ab\"",
                "SELECT $1 = name AS x FROM \"Item\" WHERE id = $2 | [\"one\",\"ID\"] | bool      | true",
                "SELECT $1 * $2 AS x                            | [100000,100000]      | bigint      | \"10000000000\"",
                "SELECT concat($1, ($2 * $2)::text) AS x        | [\"a\",100000]       | string      | \"a10000000000\"",
                "SELECT $1::text[] AS x                         | [[1,\"a\"]]        | string-array | [\"1\",\"a\"]",
                "SELECT $1::text[] AS x                         | [[\"a\",1]]        | string-array | [\"a\",\"1\"]",
                "SELECT $1->>'a' AS x                           | [{\"a\":5}]          | string      | \"5\"",
            })
    void valuesOfRawQueriesHaveTypes(String sql, String parameters, String type, String value) {
        for (int i = 0; i < 3; i++) {
            JsonNode table = rows(sql, parameters.replace("ID", ID));
            assertThat(table.get("types").get(0).stringValue()).isEqualTo(type);
            assertThat(table.get("rows").get(0).get(0).toString()).isEqualTo(value);
        }
    }

    /** PostgreSQL needs a type, and a failed statement would make the transaction fail. */
    @Test
    void stringsInTransactionsHaveATypeIfPostgresNeedsOne() {
        String concat = "SELECT concat('%', $1, '%') AS x";
        String transaction = CLIENT.start("{\"max_wait\":5000,\"timeout\":60000}");
        for (int i = 0; i < 3; i++) {
            for (String sql : List.of(concat, "SELECT $1 AS x", "SELECT lower($1) AS x")) {
                Reply reply = CLIENT.post(transaction + "/graphql", raw(sql, "[\"b\"]"));
                assertThat(reply.text()).contains(sql.equals(concat) ? "\"%b%\"" : "\"b\"");
            }
        }
        Reply failed = CLIENT.post(transaction + "/graphql", raw("SELECT concat($1)::uuid AS x", "[\"b\"]"));
        assertThat(failed.text()).contains("22P02", "invalid input syntax for type uuid");
        assertThat(CLIENT.post(transaction + "/graphql", raw("SELECT $1 AS x", "[\"b\"]"))
                        .text())
                .contains("25P02");
        assertThat(CLIENT.post(transaction + "/rollback", "{}").status()).isEqualTo(200);
        assertThat(queries(CLIENT.graphql(batch(raw(concat, "[\"c\"]"), raw(concat, "[\"d\"]")))))
                .isEmpty();
    }

    @Test
    void transactionHasAtMost32Savepoints() {
        String transaction = CLIENT.start("{\"max_wait\":5000,\"timeout\":60000}");
        for (int i = 1; i <= 32; i++) {
            String sql = "SELECT concat('bound', $1, " + i + ") AS x";
            assertThat(CLIENT.post(transaction + "/graphql", raw(sql, "[\"b\"]"))
                            .text())
                    .contains("\"boundb" + i + "\"");
        }
        assertThat(CLIENT.post(transaction + "/graphql", raw("SELECT concat('bound', $1, 33) AS x", "[\"b\"]"))
                        .text())
                .contains("42P18");
        assertThat(CLIENT.post(transaction + "/rollback", "{}").status()).isEqualTo(200);
    }

    /** All use the same connection. Their first statement has no parameters, so it needs no types. */
    @Test
    void savepointsOfEarlierTransactionsDoNotCount() {
        for (int i = 0; i < 40; i++) {
            String transaction = CLIENT.start("{\"max_wait\":5000,\"timeout\":60000}");
            String end = i % 2 == 0 ? "/commit" : "/rollback";
            assertThat(CLIENT.post(transaction + "/graphql", raw("SELECT 1 AS x", "[]"))
                            .text())
                    .contains("\"data\"");
            String sql = "SELECT concat('later', $1, " + i + ") AS x";
            assertThat(CLIENT.post(transaction + "/graphql", raw(sql, "[\"b\"]"))
                            .text())
                    .contains("\"laterb" + i + "\"");
            assertThat(CLIENT.post(transaction + end, "{}").status()).isEqualTo(200);
        }
    }

    @Test
    void statementThatFailsWithEachTypeIsReportedWithTheErrorOfTheFirst() {
        String sql = "SELECT name FROM \"Item\" WHERE id = $1 AND name = concat($2)";
        assertThat(CLIENT.graphql(raw(sql, "[\"" + ID + "\",\"one\"]")).text()).contains("42P18");
        assertThat(rows(sql.replace("$2", "$2::text"), "[\"" + ID + "\",\"one\"]")
                        .get("rows")
                        .size())
                .isOne();
    }

    /** A prepared statement keeps the types of its parameters. */
    @Test
    void textMayHaveParametersOfOtherTypes() {
        for (int i = 0; i < 4; i++) {
            assertThat(rows("SELECT $1 AS y", "[1]").get("types").get(0).stringValue())
                    .isEqualTo("int");
            assertThat(rows("SELECT $1 AS y", "[\"a\"]").get("types").get(0).stringValue())
                    .isEqualTo("string");
            assertThat(rows("SELECT $1 AS y", "[1.5]").get("types").get(0).stringValue())
                    .isEqualTo("decimal");
            assertThat(rows("SELECT $1 AS y", "[null]")
                            .get("rows")
                            .get(0)
                            .get(0)
                            .isNull())
                    .isTrue();
        }
    }

    @Test
    void arraysOfEnumsAreLists() {
        JsonNode table = rows("SELECT colors, point, colors[1] AS first FROM place", "[]");
        assertThat(table.get("types").toString()).isEqualTo("[\"string-array\",\"int-array\",\"string\"]");
        assertThat(table.get("rows").get(0).toString()).isEqualTo("[[\"red\",null,\"light blue\"],[1,2],\"red\"]");
    }

    @Test
    void textThatLooksLikeAnArrayIsNotAList() {
        assertThat(rows("SELECT '{a,b}' AS x, 'red'::color AS y", "[]")
                        .get("rows")
                        .get(0)
                        .toString())
                .isEqualTo("[\"{a,b}\",\"red\"]");
    }

    private static List<String> queries(Reply reply) {
        List<String> queries = new ArrayList<>();
        for (JsonNode event : reply.json().path("extensions").path("logs")) {
            assertThat(event.get("level").stringValue()).isEqualTo("query");
            queries.add(event.get("attributes").get("query").stringValue().replaceFirst(" .*", ""));
        }
        return queries;
    }

    private static final Map<String, String> EVENTS = Map.of("X-capture-telemetry", "query, error");

    @Test
    void batchInATransactionHasAnEventForBegin() {
        String body = "{\"batch\":[%s,%s],\"transaction\":{\"isolationLevel\":\"Serializable\"}}"
                .formatted(raw("SELECT 1", "[]"), raw("SELECT 2", "[]"));
        assertThat(queries(CLIENT.graphql(body, EVENTS))).containsExactly("BEGIN", "SET", "SELECT", "SELECT", "COMMIT");
    }

    @Test
    void startOfATransactionHasAnEventForBegin() {
        Reply reply =
                CLIENT.post(CLIENT.base() + "/transaction/start", "{\"isolation_level\":\"Serializable\"}", EVENTS);
        assertThat(queries(reply)).containsExactly("BEGIN", "SET");
        assertThat(queries(CLIENT.post(CLIENT.base() + "/transaction/start", "{}", EVENTS)))
                .containsExactly("BEGIN");
    }

    /** Clients log the error that they throw. */
    @Test
    void failureHasNoEvent() {
        for (String body : List.of(
                raw("SELECT 1/0", "[]"),
                batch(raw("SELECT 1/0", "[]")),
                "{\"modelName\":\"Item\",\"action\":\"nonsense\",\"query\":{}}",
                "{\"batch\":[" + raw("SELECT 1/0", "[]") + "],\"transaction\":{}}")) {
            Reply reply = CLIENT.graphql(body, Map.of("X-capture-telemetry", "error"));
            assertThat(reply.text()).contains("errors").doesNotContain("logs");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"5C3F8A40-0E9B-4D5C-8C3E-0123456789AB", "5c3f8a400e9b4d5c8c3e0123456789ab"})
    void uuidInAnotherFormIsFoundInABatch(String id) {
        Reply reply = CLIENT.graphql(batch(
                find("{\"id\":\"" + id + "\"}"),
                find("{\"id\":\"" + OTHER_ID + "\"}"),
                find("{\"id\":\"" + OTHER_ID.replace('6', '7') + "\"}")));
        assertThat(reply.json().get("batchResult").toString())
                .isEqualTo("[{\"data\":{\"findUniqueItem\":{\"name\":\"one\"}}},"
                        + "{\"data\":{\"findUniqueItem\":{\"name\":\"two\"}}},{\"data\":{\"findUniqueItem\":null}}]");
    }

    /** A {@code char(4)} is padded, and compared without the padding. */
    @Test
    void valueThatPostgresTreatsAsEqualIsFoundInABatch() {
        Reply reply =
                CLIENT.graphql(batch(find("{\"code\":\"ab\"}"), find("{\"code\":\"cd  \"}"), find("{\"code\":\"x\"}")));
        assertThat(reply.json().get("batchResult").toString())
                .isEqualTo("[{\"data\":{\"findUniqueItem\":{\"name\":\"one\"}}},"
                        + "{\"data\":{\"findUniqueItem\":{\"name\":\"two\"}}},{\"data\":{\"findUniqueItem\":null}}]");
    }

    /** A missing record costs no statement of its own, also if the plan reads relations. */
    @Test
    void missingRecordsOfABatchAreReadByOneStatement() {
        String find =
                "{\"modelName\":\"Parent\",\"action\":\"findUnique\",\"query\":{\"arguments\":{\"where\":{\"id\":%d}},"
                        + "\"selection\":{\"id\":true,\"child\":{\"arguments\":{},\"selection\":{\"id\":true}}}}}";
        Reply reply = CLIENT.graphql(
                batch(find.formatted(1), find.formatted(8), find.formatted(9)), Map.of("X-capture-telemetry", "query"));
        assertThat(queries(reply)).containsExactly("SELECT", "SELECT");
    }

    @Test
    void batchOfReadsGetsTheDefaultStrategyOfItsModel() {
        String batch = batch(find("{\"id\":\"" + ID + "\"}"), find("{\"id\":\"" + OTHER_ID + "\"}"));
        String first = CLIENT.graphql(batch).text();
        POSTGRES.execute("UPDATE \"Item\" SET name = 'changed'");
        assertThat(CLIENT.graphql(batch).text()).isEqualTo(first).contains("one");
    }

    @Test
    void batchWithAFailureIsNotCached() {
        String batch = batch(
                find("{\"id\":\"" + ID + "\"}"),
                find("{\"name\":\"missing\"}").replace("findUnique", "findFirstOrThrow"));
        assertThat(CLIENT.graphql(batch).text()).contains("one", "errors");
        POSTGRES.execute("UPDATE \"Item\" SET name = 'changed'");
        assertThat(CLIENT.graphql(batch).text()).contains("changed", "errors");
    }

    @Test
    void requestsThatShareAFailedBatchGetTheSameResponse() {
        String batch = batch(
                find("{\"id\":\"" + ID + "\"}"),
                find("{\"name\":\"missing\"}").replace("findUnique", "findFirstOrThrow"));
        String expected = CLIENT.graphql(batch).text();
        for (int round = 0; round < 5; round++) {
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                replies.add(SERVER.client().postLater(CLIENT.base() + "/graphql", batch));
            }
            assertThat(replies)
                    .allSatisfy(reply -> assertThat(reply.join().text()).isEqualTo(expected));
        }
    }

    @Test
    void batchWithAWriteIsNotCached() {
        String write = "{\"modelName\":\"Item\",\"action\":\"updateMany\",\"query\":{\"arguments\":{\"data\":"
                + "{\"price\":{\"increment\":1}}},\"selection\":{\"count\":true}}}";
        for (int i = 0; i < 2; i++) {
            assertThat(CLIENT.graphql(batch(find("{\"id\":\"" + ID + "\"}"), write))
                            .text())
                    .contains("count");
        }
        assertThat(POSTGRES.value("SELECT sum(price) FROM \"Item\"")).isEqualTo("7");
    }

    @Test
    void orderOfTheMembersOfWhereDoesNotMatterForTheCache() {
        String query = find("{\"name\":{\"not\":null,\"contains\":\"o\"},\"id\":\"" + ID + "\"}");
        String other = find("{\"id\":\"" + ID + "\",\"name\":{\"contains\":\"o\",\"not\":null}}");
        assertThat(CLIENT.graphql(query, "max-age=60").cacheStatus()).isEqualTo("miss");
        assertThat(CLIENT.graphql(other, "max-age=60").cacheStatus()).isEqualTo("ttl");
        assertThat(CLIENT.graphql(query, "max-age=60").cacheStatus()).isEqualTo("ttl");
    }

    @Test
    void emulatedRestrictionHoldsForSeveralParents() {
        String delete = "{\"modelName\":\"Parent\",\"action\":\"deleteMany\",\"query\":{\"arguments\":{\"where\":"
                + "{\"id\":{\"in\":[%s]}}},\"selection\":{\"count\":true}}}";
        for (String parents : List.of("1", "1,2", "1,2,3")) {
            Reply reply = CLIENT.graphql(delete.formatted(parents));
            assertThat(reply.text()).contains("\"error_code\":\"P2014\"");
        }
        assertThat(CLIENT.graphql(delete.formatted("3")).text()).contains("\"count\":1");
        assertThat(POSTGRES.value("SELECT count(*) FROM \"Parent\"")).isEqualTo("2");
    }

    @Test
    void emulatedCascadeHoldsForSeveralParents() {
        POSTGRES.execute(
                "INSERT INTO \"Album\" VALUES (1), (2), (3)", "INSERT INTO \"Cover\" VALUES (1, 1), (2, 2), (3, 3)");
        Reply reply =
                CLIENT.graphql("{\"modelName\":\"Album\",\"action\":\"deleteMany\",\"query\":{\"arguments\":{\"where\":"
                        + "{\"id\":{\"lt\":3}}},\"selection\":{\"count\":true}}}");
        assertThat(reply.text()).contains("\"count\":2");
        assertThat(POSTGRES.value("SELECT string_agg(id::text, ',') FROM \"Cover\""))
                .isEqualTo("3");
    }

    @Test
    void unknownActionHasTheErrorOfTheEngine() {
        Reply reply = CLIENT.graphql("{\"modelName\":\"Item\",\"action\":\"aggregateRaw\",\"query\":{}}");
        JsonNode error = reply.json().get("errors").get(0).get("user_facing_error");
        assertThat(error.toString())
                .isEqualTo(
                        "{\"is_panic\":false,\"message\":\"Operation 'aggregateRaw' for model 'Item' does not match any"
                                + " query.\",\"backtrace\":null}");
    }
}
