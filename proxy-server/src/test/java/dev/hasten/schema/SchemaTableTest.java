package dev.hasten.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.DataProxyClient;
import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Schemas in a table of the database are shared by all its servers, and survive each of them. */
@Tag("integration")
@Tag("postgres-version")
final class SchemaTableTest {
    private static final String SCHEMA = """
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }
            model Item {
              id Int @id
            }
            """;
    private static final String QUERY = "{\"modelName\":\"Item\",\"action\":\"findMany\","
            + "\"query\":{\"arguments\":{},\"selection\":{\"id\":true}}}";

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    private static TestServer server() {
        return TestServer.on(POSTGRES)
                .with("databases.default.schemas.store", "table")
                .with("databases.default.schemas.max_count", 1)
                .start();
    }

    @Test
    void schemaOfOneServerIsKnownToOthers() {
        POSTGRES.execute("CREATE TABLE \"Item\" (id int PRIMARY KEY); INSERT INTO \"Item\" VALUES (1)");
        String expected = "{\"data\":{\"findManyItem\":[{\"id\":1}]}}";
        try (TestServer first = server()) {
            DataProxyClient client = new DataProxyClient(first.client(), "6.19.0", SCHEMA);
            assertThat(client.graphql(QUERY).status()).isEqualTo(404);
            assertThat(client.upload().status()).isEqualTo(200);
            assertThat(client.graphql(QUERY).text()).isEqualTo(expected);
            try (TestServer second = server()) {
                assertThat(new DataProxyClient(second.client(), "6.19.0", SCHEMA)
                                .graphql(QUERY)
                                .text())
                        .isEqualTo(expected);
            }
        }
        try (TestServer restarted = server()) {
            DataProxyClient client = new DataProxyClient(restarted.client(), "6.19.0", SCHEMA);
            assertThat(client.graphql(QUERY).text()).isEqualTo(expected);
            assertThat(restarted.database().schemas().list()).hasSize(1);
            DataProxyClient other = new DataProxyClient(restarted.client(), "6.19.0", SCHEMA + "// changed");
            assertThat(other.upload().status()).isEqualTo(200);
            assertThat(POSTGRES.value("SELECT count(*) FROM hasten.prisma_schema"))
                    .isEqualTo("1");
        }
    }
}
