package dev.hasten.dataproxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.DataProxyClient;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients of Prisma 5 and 6 get the responses of their own engine. */
@Tag("integration")
@Tag("postgres-version")
final class DataProxyTest {
    private static final String SCHEMA = """
            generator client {
              provider = "prisma-client-js"
            }
            datasource db {
              provider  = "postgresql"
              url       = env("DATABASE_URL")
              directUrl = env("DIRECT_URL")
            }
            model User {
              id    Int     @id @default(autoincrement())
              email String  @unique
              name  String?
              big   BigInt?
              price Decimal?
              posts Post[]
            }
            model Post {
              id       Int    @id
              title    String
              authorId Int?
              author   User?  @relation(fields: [authorId], references: [id])
            }
            """;
    private static final String SCALARS = "\"selection\":{\"$composites\":true,\"$scalars\":true}";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.with("""
            CREATE TABLE "User" (id serial PRIMARY KEY, email text NOT NULL, name text, big bigint, price numeric);
            CREATE UNIQUE INDEX "User_email_key" ON "User" (email);
            CREATE TABLE "Post" (id int PRIMARY KEY, title text NOT NULL, "authorId" int,
                CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"(id));
            """);

    @RegisterExtension
    static final TestServer SERVER = TestServer.on(POSTGRES);

    private static final DataProxyClient CLIENT = client("6.19.0");

    @BeforeAll
    static void uploadSchema() {
        assertThat(CLIENT.upload().status()).isEqualTo(200);
    }

    @BeforeEach
    void seed() {
        POSTGRES.execute("""
                TRUNCATE "Post", "User" RESTART IDENTITY;
                INSERT INTO "User" (email, name, big, price) VALUES
                    ('a@x', 'ann', 9007199254740993, 63.10), ('b@x', NULL, NULL, NULL);
                INSERT INTO "Post" VALUES (1, 'one', 1), (2, 'two', 1);
                """);
    }

    private static DataProxyClient client(String version) {
        return new DataProxyClient(SERVER.client(), version, SCHEMA);
    }

    private static String query(String model, String action, String arguments, String selection) {
        return "{\"modelName\":\"%s\",\"action\":\"%s\",\"query\":{\"arguments\":%s,\"selection\":%s}}"
                .formatted(model, action, arguments, selection);
    }

    private static String findUser(int id) {
        return query("User", "findUnique", "{\"where\":{\"id\":" + id + "}}", "{\"id\":true,\"name\":true}");
    }

    private static String raw(String action, String sql, String parameters) {
        return "{\"action\":\"%s\",\"query\":{\"arguments\":{\"query\":\"%s\",\"parameters\":\"%s\"},\"selection\":{}}}"
                .formatted(action, sql, parameters);
    }

    @Test
    void recordIsReturnedUnderTheNameOfItsAction() {
        Reply reply = CLIENT.graphql("{\"modelName\":\"User\",\"action\":\"findUnique\",\"query\":{\"arguments\":"
                + "{\"where\":{\"id\":1}}," + SCALARS + "}}");
        assertThat(reply.text())
                .isEqualTo("{\"data\":{\"findUniqueUser\":{\"id\":1,\"email\":\"a@x\",\"name\":\"ann\","
                        + "\"big\":{\"$type\":\"BigInt\",\"value\":\"9007199254740993\"},"
                        + "\"price\":{\"$type\":\"Decimal\",\"value\":\"63.1\"}}}}");
    }

    @Test
    void missingRecordIsNull() {
        assertThat(CLIENT.graphql(findUser(99)).text()).isEqualTo("{\"data\":{\"findUniqueUser\":null}}");
    }

    @Test
    void relationsAndListsAreRead() {
        Reply reply = CLIENT.graphql(query(
                "User",
                "findMany",
                "{\"where\":{\"email\":{\"in\":[\"a@x\",\"b@x\"]}},\"orderBy\":{\"id\":\"asc\"}}",
                "{\"id\":true,\"posts\":{\"arguments\":{\"where\":{\"title\":\"two\"}},\"selection\":{\"id\":true}}}"));
        assertThat(reply.text())
                .isEqualTo("{\"data\":{\"findManyUser\":[{\"id\":1,\"posts\":[{\"id\":2}]},{\"id\":2,\"posts\":[]}]}}");
    }

    @Test
    void queriesWithDifferentDataShareAPlan() {
        CLIENT.graphql(findUser(1));
        double compiled = planLookups("miss");
        double hits = planLookups("hit");
        for (int id = 2; id < 22; id++) {
            CLIENT.graphql(findUser(id));
        }
        assertThat(planLookups("miss")).isEqualTo(compiled);
        assertThat(planLookups("hit")).isEqualTo(hits + 20);
    }

    private static double planLookups(String result) {
        return SERVER.server()
                .metrics()
                .scrape()
                .lines()
                .filter(line -> line.startsWith("hasten_plan_lookups_total{result=\"" + result + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void writesAreExecuted() {
        Reply reply = CLIENT.graphql(query(
                "User",
                "createOne",
                "{\"data\":{\"email\":\"c@x\",\"posts\":{\"create\":[{\"id\":3,\"title\":\"three\"}]}}}",
                "{\"id\":true}"));
        assertThat(reply.text()).isEqualTo("{\"data\":{\"createOneUser\":{\"id\":3}}}");
        assertThat(POSTGRES.value("SELECT \"authorId\" FROM \"Post\" WHERE id = 3"))
                .isEqualTo("3");
    }

    private static String rows(int from, int to) {
        StringBuilder rows = new StringBuilder("[");
        for (int id = from; id < to; id++) {
            rows.append(id == from ? "" : ",").append("{\"id\":").append(id).append(",\"title\":\"t\"}");
        }
        return rows.append("]").toString();
    }

    @Test
    void manyRowsAreInsertedWithFewPlans() {
        String selection = "{\"id\":true}";
        CLIENT.graphql(query("Post", "createManyAndReturn", "{\"data\":" + rows(10, 260) + "}", selection));
        double compiled = planLookups("miss");
        Reply count = CLIENT.graphql(
                query("Post", "createMany", "{\"data\":" + rows(1000, 1250) + "}", "{\"$scalars\":true}"));
        assertThat(count.text()).isEqualTo("{\"data\":{\"createManyPost\":{\"count\":250}}}");
        Reply records =
                CLIENT.graphql(query("Post", "createManyAndReturn", "{\"data\":" + rows(2000, 2250) + "}", selection));
        assertThat(records.json().path("data").path("createManyPostAndReturn")).hasSize(250);
        assertThat(records.text()).contains("[{\"id\":2000},{\"id\":2001}").endsWith("{\"id\":2249}]}}");
        // One for a full chunk and one for the rest, unless another test has already compiled them.
        assertThat(planLookups("miss")).isLessThanOrEqualTo(compiled + 2);
    }

    @Test
    void manyRowsAreInsertedAtomically() {
        String data = "{\"data\":" + rows(1000, 1250).replace("\"id\":1249", "\"id\":1") + "}";
        assertThat(error(CLIENT, query("Post", "createMany", data, "{\"$scalars\":true}")))
                .contains("P2002");
        assertThat(POSTGRES.value("SELECT count(*) FROM \"Post\"")).isEqualTo("2");
    }

    @Test
    void invalidQueryWithManyRowsInsertsNothing() {
        String transaction = CLIENT.start("{}");
        String data = "{\"data\":" + rows(1000, 1250).replace("{\"id\":1200,\"title\":\"t\"}", "{\"id\":1200}") + "}";
        Reply refused = CLIENT.post(transaction + "/graphql", query("Post", "createMany", data, "{\"$scalars\":true}"));
        assertThat(refused.text()).contains("errors", "title");
        CLIENT.post(transaction + "/commit", "");
        assertThat(POSTGRES.value("SELECT count(*) FROM \"Post\"")).isEqualTo("2");
    }

    @Test
    void transactionOfABatchSurvivesAMigration() {
        try (TestServer narrow = TestServer.on(POSTGRES).with("pool.size", 1).start()) {
            DataProxyClient other = new DataProxyClient(narrow.client(), "6.19.0", SCHEMA);
            other.upload();
            String batch = "{\"batch\":["
                    + query("Post", "findMany", "{\"orderBy\":{\"id\":\"asc\"}}", "{\"title\":true}") + ","
                    + query("Post", "findMany", "{\"where\":{\"id\":1}}", "{\"title\":true}")
                    + "],\"transaction\":{}}";
            String before = other.graphql(batch).text();
            for (int i = 0; i < 10; i++) {
                assertThat(other.graphql(batch).text()).isEqualTo(before);
            }
            POSTGRES.execute("ALTER TABLE \"Post\" ALTER COLUMN title TYPE varchar(50)");
            try {
                assertThat(other.graphql(batch).text()).isEqualTo(before).contains("\"one\"");
            } finally {
                POSTGRES.execute("ALTER TABLE \"Post\" ALTER COLUMN title TYPE text");
            }
        }
    }

    @Test
    void uniqueViolationNamesTheColumns() {
        Reply reply = CLIENT.graphql(query("User", "createOne", "{\"data\":{\"email\":\"a@x\"}}", "{\"id\":true}"));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("errors").get(0).get("user_facing_error").toString())
                .isEqualTo("{\"is_panic\":false,\"message\":\"Unique constraint failed on the fields: (`email`)\","
                        + "\"meta\":{\"target\":[\"email\"]},\"error_code\":\"P2002\"}");
    }

    @Test
    void foreignKeyViolationHasTheMessageOfTheVersion() {
        String query =
                query("Post", "createOne", "{\"data\":{\"id\":9,\"title\":\"t\",\"authorId\":99}}", "{\"id\":true}");
        assertThat(error(CLIENT, query))
                .isEqualTo("{\"is_panic\":false,\"message\":\"Foreign key constraint violated on the constraint:"
                        + " `Post_authorId_fkey`\",\"meta\":{\"constraint\":\"Post_authorId_fkey\"},"
                        + "\"error_code\":\"P2003\"}");
        assertThat(error(client("5.22.0"), query))
                .isEqualTo("{\"is_panic\":false,\"message\":\"Foreign key constraint violated:"
                        + " `Post_authorId_fkey (index)`\",\"meta\":{\"field_name\":\"Post_authorId_fkey (index)\"},"
                        + "\"error_code\":\"P2003\"}");
    }

    private static String error(DataProxyClient client, String query) {
        return client.graphql(query)
                .json()
                .path("errors")
                .get(0)
                .get("user_facing_error")
                .toString();
    }

    @Test
    void missingRecordErrorHasACause() {
        String query = query("User", "updateOne", "{\"where\":{\"id\":99},\"data\":{\"name\":\"x\"}}", "{\"id\":true}");
        assertThat(error(CLIENT, query)).contains("\"cause\":\"No record was found for an update.\"", "P2025");
        assertThat(error(client("5.22.0"), query)).contains("\"cause\":\"Record to update not found.\"", "P2025");
    }

    @Test
    void queryThatDoesNotFitTheSchemaHasTheErrorOfTheEngine() {
        Reply reply = CLIENT.graphql(query("User", "findMany", "{\"where\":{\"nope\":1}}", "{\"id\":true}"));
        assertThat(reply.status()).isEqualTo(200);
        var error = reply.json().path("errors").get(0).get("user_facing_error");
        assertThat(error.get("error_code").stringValue()).isEqualTo("P2009");
        assertThat(error.get("meta").get("kind").stringValue()).isEqualTo("UnknownInputField");
        assertThat(error.get("meta").get("selectionPath").toString()).isEqualTo("[\"findManyUser\"]");
    }

    @Test
    void queryOfABatchWhoseCommitFailsDoesNotAffectTheOthers() {
        POSTGRES.execute("ALTER TABLE \"Post\" ALTER CONSTRAINT \"Post_authorId_fkey\" DEFERRABLE INITIALLY DEFERRED");
        try {
            String data = "{\"data\":" + rows(1000, 1250).replace("\"id\":1249", "\"id\":1249,\"authorId\":99") + "}";
            Reply reply = CLIENT.graphql("{\"batch\":[" + findUser(1) + ","
                    + query("Post", "createMany", data, "{\"$scalars\":true}") + "," + findUser(2) + "]}");
            var results = reply.json().path("batchResult");
            assertThat(results).as(reply.text()).hasSize(3);
            assertThat(results.get(0).has("data")).isTrue();
            assertThat(results.get(1).toString()).contains("\"error_code\":\"P2003\"");
            assertThat(results.get(2).has("data")).isTrue();
            assertThat(POSTGRES.value("SELECT count(*) FROM \"Post\"")).isEqualTo("2");
        } finally {
            POSTGRES.execute("ALTER TABLE \"Post\" ALTER CONSTRAINT \"Post_authorId_fkey\" NOT DEFERRABLE");
        }
    }

    @Test
    void batchReturnsAResultForEachQuery() {
        Reply reply = CLIENT.graphql("{\"batch\":[" + findUser(1) + ","
                + query("User", "updateOne", "{\"where\":{\"id\":99},\"data\":{\"name\":\"x\"}}", "{\"id\":true}") + ","
                + raw("queryRaw", "SELECT 1 AS n", "[]") + "]}");
        assertThat(reply.status()).isEqualTo(200);
        var results = reply.json().path("batchResult");
        assertThat(results.get(0).toString()).isEqualTo("{\"data\":{\"findUniqueUser\":{\"id\":1,\"name\":\"ann\"}}}");
        assertThat(results.get(1).path("errors").get(0).get("user_facing_error").has("batch_request_idx"))
                .isFalse();
        assertThat(results.get(2).toString())
                .isEqualTo("{\"data\":{\"queryRaw\":{\"columns\":[\"n\"],\"types\":[\"int\"],\"rows\":[[1]]}}}");
    }

    @Test
    void findsByKeyRunAsOneStatement() {
        double statements = statements();
        Reply reply = CLIENT.graphql(
                "{\"batch\":[" + findUser(2) + "," + findUser(99) + "," + findUser(1) + "," + findUser(2) + "]}");
        assertThat(reply.text())
                .isEqualTo("{\"batchResult\":[{\"data\":{\"findUniqueUser\":{\"id\":2,\"name\":null}}},"
                        + "{\"data\":{\"findUniqueUser\":null}},"
                        + "{\"data\":{\"findUniqueUser\":{\"id\":1,\"name\":\"ann\"}}},"
                        + "{\"data\":{\"findUniqueUser\":{\"id\":2,\"name\":null}}}]}");
        assertThat(statements()).isEqualTo(statements + 1);
    }

    private static double statements() {
        return SERVER.server()
                .metrics()
                .scrape()
                .lines()
                .filter(line -> line.startsWith("hasten_statement_duration_seconds_count"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void findsByOtherKeysAlsoRunAsOneStatement() {
        String byEmail = "{\"modelName\":\"User\",\"action\":\"findUniqueOrThrow\",\"query\":{\"arguments\":"
                + "{\"where\":{\"email\":\"%s\"}},\"selection\":{\"id\":true}}}";
        Reply reply =
                CLIENT.graphql("{\"batch\":[" + byEmail.formatted("b@x") + "," + byEmail.formatted("nobody@x") + "]}");
        var results = reply.json().path("batchResult");
        assertThat(results.get(0).toString()).isEqualTo("{\"data\":{\"findUniqueUserOrThrow\":{\"id\":2}}}");
        assertThat(results.get(1).path("errors").get(0).get("user_facing_error").toString())
                .contains("P2025", "No record was found for a query.");
    }

    @Test
    void transactionOfABatchIsRolledBackCompletely() {
        Reply reply = CLIENT.graphql("{\"batch\":["
                + query("User", "createOne", "{\"data\":{\"email\":\"c@x\"}}", "{\"id\":true}") + ","
                + query("User", "createOne", "{\"data\":{\"email\":\"a@x\"}}", "{\"id\":true}")
                + "],\"transaction\":{\"isolationLevel\":\"Serializable\"}}");
        assertThat(reply.status()).isEqualTo(200);
        var error = reply.json().path("errors").get(0);
        assertThat(error.get("error").stringValue()).startsWith("Error in batch request 1: ");
        assertThat(error.get("user_facing_error").get("batch_request_idx").intValue())
                .isEqualTo(1);
        assertThat(POSTGRES.value("SELECT count(*) FROM \"User\"")).isEqualTo("2");
    }

    @Test
    void failedCommitOfABatchIsNotAttributedToAQuery() {
        POSTGRES.execute("ALTER TABLE \"Post\" ALTER CONSTRAINT \"Post_authorId_fkey\" DEFERRABLE INITIALLY DEFERRED");
        try {
            String error = error(
                    CLIENT,
                    "{\"batch\":["
                            + query(
                                    "Post",
                                    "createOne",
                                    "{\"data\":{\"id\":9,\"title\":\"t\",\"authorId\":99}}",
                                    "{\"id\":true}")
                            + "," + findUser(1) + "],\"transaction\":{}}");
            assertThat(error).contains("P2003").doesNotContain("batch_request_idx");
        } finally {
            POSTGRES.execute("ALTER TABLE \"Post\" ALTER CONSTRAINT \"Post_authorId_fkey\" NOT DEFERRABLE");
        }
    }

    @Test
    void transactionOfABatchHasItsIsolationLevel() {
        Reply reply = CLIENT.graphql("{\"batch\":[" + raw("queryRaw", "SHOW transaction_isolation", "[]")
                + "],\"transaction\":{\"isolationLevel\":\"RepeatableRead\"}}");
        assertThat(reply.text()).contains("[[\"repeatable read\"]]");
    }

    @Test
    void interactiveTransactionCommits() {
        String transaction = CLIENT.start("{\"max_wait\":2000,\"timeout\":5000,\"isolation_level\":\"ReadCommitted\"}");
        CLIENT.post(
                transaction + "/graphql",
                query("User", "createOne", "{\"data\":{\"email\":\"c@x\"}}", "{\"id\":true}"));
        assertThat(POSTGRES.value("SELECT count(*) FROM \"User\"")).isEqualTo("2");
        Reply committed = CLIENT.post(transaction + "/commit", "");
        assertThat(committed.status()).isEqualTo(200);
        assertThat(committed.text()).isEqualTo("{}");
        assertThat(POSTGRES.value("SELECT count(*) FROM \"User\"")).isEqualTo("3");
    }

    @Test
    void repeatedCommitGetsTheSameResponse() {
        String transaction = CLIENT.start("{}");
        CLIENT.post(transaction + "/graphql", findUser(1));
        CLIENT.post(transaction + "/commit", "");
        assertThat(CLIENT.post(transaction + "/commit", "").text()).isEqualTo("{}");
    }

    @Test
    void interactiveTransactionRollsBack() {
        String transaction = CLIENT.start("{}");
        CLIENT.post(
                transaction + "/graphql",
                query("User", "createOne", "{\"data\":{\"email\":\"c@x\"}}", "{\"id\":true}"));
        assertThat(CLIENT.post(transaction + "/rollback", "").text()).isEqualTo("{}");
        assertThat(POSTGRES.value("SELECT count(*) FROM \"User\"")).isEqualTo("2");
        Reply late = CLIENT.post(transaction + "/graphql", findUser(1));
        assertThat(late.status()).isEqualTo(200);
        assertThat(late.text()).contains("P2028", "\"meta\":{\"error\":\"Transaction already closed");
    }

    @Test
    void rawRowsHaveTheFormatOfTheVersion() {
        String query = raw("queryRaw", "SELECT $1::int AS n, NULL::text AS t, ARRAY[1,2]::bigint[] AS l", "[7]");
        assertThat(CLIENT.graphql(query).text())
                .isEqualTo("{\"data\":{\"queryRaw\":{\"columns\":[\"n\",\"t\",\"l\"],"
                        + "\"types\":[\"int\",\"string\",\"bigint-array\"],\"rows\":[[7,null,[\"1\",\"2\"]]]}}}");
        assertThat(client("5.16.2").graphql(query).text())
                .isEqualTo("{\"data\":{\"queryRaw\":[{\"n\":{\"prisma__type\":\"int\",\"prisma__value\":7},"
                        + "\"t\":{\"prisma__type\":\"null\",\"prisma__value\":null},"
                        + "\"l\":{\"prisma__type\":\"array\",\"prisma__value\":["
                        + "{\"prisma__type\":\"bigint\",\"prisma__value\":\"1\"},"
                        + "{\"prisma__type\":\"bigint\",\"prisma__value\":\"2\"}]}}]}}");
    }

    @Test
    void rawErrorHasCodeAndMessage() {
        Reply reply = CLIENT.graphql(raw("executeRaw", "UPDATE nothing SET a = 1", "[]"));
        assertThat(reply.json()
                        .path("errors")
                        .get(0)
                        .get("user_facing_error")
                        .get("meta")
                        .toString())
                .isEqualTo("{\"code\":\"42P01\",\"message\":\"relation \\\"nothing\\\" does not exist\"}");
    }

    @Test
    void responsesAreCachedAsForPrisma7() {
        String query = findUser(2);
        assertThat(CLIENT.graphql(query, "max-age=60").cacheStatus()).isEqualTo("miss");
        POSTGRES.execute("UPDATE \"User\" SET name = 'changed' WHERE id = 2");
        Reply hit = CLIENT.graphql(query, "max-age=60");
        assertThat(hit.cacheStatus()).isEqualTo("ttl");
        assertThat(hit.text()).isEqualTo("{\"data\":{\"findUniqueUser\":{\"id\":2,\"name\":null}}}");
        assertThat(CLIENT.graphql(query, "no-cache").cacheStatus()).isEqualTo("none");
    }

    @Test
    void writeIsNotCached() {
        String query = query("User", "updateOne", "{\"where\":{\"id\":1},\"data\":{\"name\":\"x\"}}", "{\"id\":true}");
        assertThat(CLIENT.graphql(query, "max-age=60").cacheStatus()).isEqualTo("none");
    }

    @Test
    void unknownSchemaIsReportedAsMissing() {
        DataProxyClient stranger = new DataProxyClient(SERVER.client(), "6.19.0", SCHEMA + "// another");
        Reply reply = stranger.graphql(findUser(1));
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.text()).isEqualTo("{\"EngineNotStarted\":{\"reason\":\"SchemaMissing\"}}");
    }

    @Test
    void versionOutOfRangeIsRefusedWithTheRange() {
        for (String version : new String[] {"4.16.2", "7.0.0", "latest"}) {
            Reply reply = client(version).graphql(findUser(1));
            assertThat(reply.status()).as(version).isEqualTo(400);
            assertThat(reply.code()).isEqualTo("P6006");
            assertThat(reply.error()).contains("5.0.0 to 6.x");
        }
    }

    @Test
    void bodyNeedsNoJsonContentType() {
        Reply reply = SERVER.client()
                .post(
                        CLIENT.base() + "/graphql",
                        findUser(1).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        java.util.Map.of("Content-Type", "text/plain;charset=UTF-8"));
        assertThat(reply.status()).isEqualTo(200);
    }
}
