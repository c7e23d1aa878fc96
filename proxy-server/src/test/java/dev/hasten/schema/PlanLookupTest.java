package dev.hasten.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryUse;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.schema.PrismaSchemas.Limits;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A query is compiled once; queries that differ only in their data share its plan. */
final class PlanLookupTest {
    private static final MemoryBudget BUDGET = new MemoryBudget(1 << 30, List.of("default"));

    private static final String SCHEMA = """
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }
            model Item {
              id   Int    @id
              name String
            }
            """;

    @TempDir
    private Path directory;

    private final SchemaSetup setup = new SchemaSetup(BUDGET, Clock.systemUTC());
    private PrismaSchema schema;

    @BeforeEach
    void upload() throws Exception {
        PrismaSchemas schemas =
                setup.inFiles("default", new Limits(3, 4 << 20, Duration.ofSeconds(20)), null, directory);
        byte[] body = Base64.getEncoder().encode(SCHEMA.getBytes(UTF_8));
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        schemas.upload(hash, body, new Cancellation());
        schema = Objects.requireNonNull(schemas.find(hash));
    }

    private static JsonNode query(String action, String where, String selection) {
        return JsonMapper.shared()
                .readTree("{'modelName':'Item','action':'%s','query':{'arguments':{'where':%s},'selection':%s}}"
                        .formatted(action, where, selection)
                        .replace('\'', '"'));
    }

    private CompiledQuery compiled(String where) {
        return schema.compile(query("findMany", where, "{'id':true}"), new Cancellation());
    }

    @Test
    void queriesThatDifferInTheirDataShareAPlan() {
        CompiledQuery first = compiled("{'id':1}");
        CompiledQuery second = compiled("{'id':2}");
        assertThat(second.plan()).isSameAs(first.plan());
        assertThat(first.values()).isEqualTo(Map.of("%1", new PlanValue.Constant(1L)));
        assertThat(second.values()).isEqualTo(Map.of("%1", new PlanValue.Constant(2L)));
        assertThat(setup.planMisses()).isEqualTo(1);
        assertThat(setup.planHits()).isEqualTo(1);
    }

    @Test
    void queriesThatDifferOtherwiseHavePlansOfTheirOwn() {
        compiled("{'id':1}");
        compiled("{'id':{'gt':1}}");
        compiled("{'name':'1'}");
        schema.compile(query("findMany", "{'id':1}", "{'name':true}"), new Cancellation());
        schema.compile(query("findFirst", "{'id':1}", "{'id':true}"), new Cancellation());
        assertThat(setup.planMisses()).isEqualTo(5);
        assertThat(setup.planHits()).isZero();
    }

    @Test
    void invalidQueryIsReportedWithItsOwnValuesAndNotKept() {
        for (int i = 0; i < 2; i++) {
            ApiError error = catchThrowableOfType(ApiError.class, () -> compiled("{'nope':1}"));
            assertThat(error.status()).isEqualTo(400);
            assertThat(error.code()).isEqualTo("P2009");
            assertThat(error.text()).isEqualTo("`findManyItem.where.nope`: Field does not exist in enclosing type.");
        }
        assertThat(setup.planMisses()).isZero();
    }

    @Test
    void batchesThatDifferInTheirDataShareAPlan() {
        CompiledBatch first = batch("{'id':1}", "{'id':2}");
        CompiledBatch second = batch("{'id':7}", "{'id':8}");
        assertThat(second.shape()).isSameAs(first.shape());
        assertThat(first.shape().keys()).containsExactly("id");
        assertThat(first.shape().selection()).containsExactly("name");
        assertThat(first.shape().required()).isFalse();
        assertThat(first.shape().arguments()).hasSize(2);
        assertThat(second.values())
                .isEqualTo(Map.of("%1", new PlanValue.Constant(7L), "%2", new PlanValue.Constant(8L)));
        assertThat(setup.planMisses()).isEqualTo(1);
        assertThat(setup.planHits()).isEqualTo(1);
    }

    private CompiledBatch batch(String... wheres) {
        return Objects.requireNonNull(schema.compileBatch(
                List.of(wheres).stream()
                        .map(where -> query("findUnique", where, "{'name':true}"))
                        .toList(),
                new Cancellation()));
    }

    @Test
    void batchThatCannotBeCompactedIsCompiledOnlyOnce() {
        for (int i = 0; i < 2; i++) {
            assertThat(schema.compileBatch(
                            List.of(
                                    query("findUnique", "{'id':" + i + "}", "{'name':true}"),
                                    query("findUnique", "{'id':5}", "{'id':true}")),
                            new Cancellation()))
                    .isNull();
        }
        assertThat(setup.planMisses()).isEqualTo(1);
    }

    @Test
    void planIsCountedForTheRequestThatCompilesIt() {
        try (var memory = BUDGET.open("default", "key")) {
            JsonNode query = query("findMany", "{'id':1}", "{'id':true}");
            schema.compile(query, new Cancellation(memory));
            assertThat(memory.heldBytes(MemoryUse.REQUESTS)).isPositive();
        }
        try (var memory = BUDGET.open("default", "key")) {
            JsonNode query = query("findMany", "{'id':2}", "{'id':true}");
            schema.compile(query, new Cancellation(memory));
            assertThat(memory.heldBytes(MemoryUse.REQUESTS)).isZero();
        }
    }
}
