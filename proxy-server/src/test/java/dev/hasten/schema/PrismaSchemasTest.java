package dev.hasten.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.ApiError;
import dev.hasten.schema.PrismaSchemas.Limits;
import dev.hasten.schema.SchemaStore.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Schemas are accepted once, survive restarts, and are limited in size and number. */
final class PrismaSchemasTest {
    private static final Limits LIMITS = new Limits(3, 4 << 20, Duration.ofSeconds(20));

    private static final MemoryBudget BUDGET = new MemoryBudget(1 << 30, List.of("default", "tenant_a", "tenant_b"));

    @TempDir
    private Path directory;

    private PrismaSchemas schemas() {
        return schemas(LIMITS);
    }

    private PrismaSchemas schemas(Limits limits) {
        return new SchemaSetup(BUDGET, Clock.systemUTC()).inFiles("default", limits, null, directory);
    }

    private static String schema(String model) {
        return """
                datasource db {
                  provider = "postgresql"
                  url      = env("DATABASE_URL")
                }
                model %s {
                  id Int @id
                }
                """.formatted(model);
    }

    private static byte[] base64(String schema) {
        return Base64.getEncoder().encode(schema.getBytes(UTF_8));
    }

    private static String hash(byte[] base64) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(base64));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String upload(PrismaSchemas schemas, String schema) {
        byte[] body = base64(schema);
        schemas.upload(hash(body), body, new Cancellation());
        return hash(body);
    }

    @Test
    void uploadedSchemaIsFoundByItsHash() {
        PrismaSchemas schemas = schemas();
        String hash = upload(schemas, schema("A"));
        PrismaSchema found = schemas.find(hash);
        assertThat(found).isNotNull();
        assertThat(found.compile(
                                JsonMapper.shared()
                                        .readTree(
                                                "{\"modelName\":\"A\",\"action\":\"findMany\",\"query\":{\"arguments\":{},"
                                                        + "\"selection\":{\"id\":true}}}"),
                                new Cancellation())
                        .plan()
                        .reads()
                        .uncached())
                .isNull();
    }

    @Test
    void hashThatDoesNotMatchTheBodyIsRejected() {
        byte[] body = base64(schema("A"));
        assertThatThrownBy(() -> schemas().upload(hash(base64(schema("B"))), body, new Cancellation()))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.status()).isEqualTo(400))
                .hasMessageContaining("not the SHA-256 of the body");
        assertThatThrownBy(() -> schemas().upload("../../etc/passwd", body, new Cancellation()))
                .hasMessageContaining("64 lower-case hex");
    }

    @Test
    void bodyThatIsNotBase64TextIsRejected() {
        for (byte[] body : List.of(
                "model A {}".getBytes(UTF_8),
                Base64.getEncoder().encode(new byte[] {(byte) 0xff, (byte) 0xfe}),
                (new String(base64(schema("A")), UTF_8) + "\n").getBytes(UTF_8))) {
            assertThatThrownBy(() -> schemas().upload(hash(body), body, new Cancellation()))
                    .hasMessageContaining("base64");
        }
    }

    @Test
    void tooLargeSchemaIsRejected() {
        byte[] body = base64(schema("A") + "// " + "x".repeat(2000));
        assertThatThrownBy(() ->
                        schemas(new Limits(3, 1000, LIMITS.compileTime())).upload(hash(body), body, new Cancellation()))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.status()).isEqualTo(413))
                .hasMessageContaining("1000 bytes");
    }

    @Test
    void schemaForAnotherDatabaseIsRefused() {
        byte[] body = base64(schema("A").replace("postgresql", "mysql"));
        assertThatThrownBy(() -> schemas().upload(hash(body), body, new Cancellation()))
                .isInstanceOf(ApiError.class)
                .hasMessageContaining("postgresql");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void largeSchemaIsAccepted() {
        StringBuilder large = new StringBuilder(schema("A"));
        for (int i = 0; large.length() < 2_000_000; i++) {
            large.append("/// %s\nmodel M%d {\n  id Int @id\n}\n".formatted("x".repeat(8000), i));
        }
        PrismaSchemas schemas = schemas();
        assertThat(schemas.find(upload(schemas, large.toString()))).isNotNull();
    }

    @Test
    void schemasSurviveARestart() {
        String hash = upload(schemas(), schema("A"));
        assertThat(schemas().find(hash)).isNotNull();
    }

    @Test
    void damagedFileIsTreatedAsMissing() throws IOException {
        String hash = upload(schemas(), schema("A"));
        Files.writeString(directory.resolve(hash + ".prisma"), schema("B"));
        assertThat(schemas().find(hash)).isNull();
        assertThat(upload(schemas(), schema("A"))).isEqualTo(hash);
        assertThat(schemas().find(hash)).isNotNull();
    }

    @Test
    void unknownOrInvalidHashIsNotFound() {
        for (String hash : List.of("0".repeat(64), "", "../x", "A".repeat(64), "x".repeat(100_000))) {
            assertThat(schemas().find(hash)).isNull();
        }
    }

    @Test
    void leastRecentlyUsedSchemaIsDropped() {
        PrismaSchemas schemas = schemas();
        String a = upload(schemas, schema("A"));
        String b = upload(schemas, schema("B"));
        String c = upload(schemas, schema("C"));
        schemas.find(a);
        String d = upload(schemas, schema("D"));
        assertThat(schemas.find(b)).isNull();
        assertThat(List.of(a, c, d))
                .allSatisfy(hash -> assertThat(schemas.find(hash)).isNotNull());
        assertThat(schemas.list()).hasSize(3);
        assertThat(schemas().list()).hasSize(3);
    }

    @Test
    void concurrentUploadsOfTheSameSchemaShareOneSchema() throws Exception {
        PrismaSchemas schemas = schemas();
        byte[] body = base64(schema("A"));
        CyclicBarrier together = new CyclicBarrier(16);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<@Nullable PrismaSchema>> found = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                Callable<@Nullable PrismaSchema> client = () -> {
                    together.await();
                    schemas.upload(hash(body), body, new Cancellation());
                    return schemas.find(hash(body));
                };
                found.add(clients.submit(client));
            }
            PrismaSchema first = found.getFirst().get();
            assertThat(first).isNotNull();
            for (Future<@Nullable PrismaSchema> one : found) {
                assertThat(one.get()).isSameAs(first);
            }
        }
        assertThat(directory).isDirectoryContaining("glob:**.prisma");
        assertThat(schemas.list()).hasSize(1);
    }

    /** Returns a schema that takes the compiler a few seconds. */
    private static String largeSchema(int models) {
        return IntStream.range(0, models)
                .mapToObj(i -> "model L%d {\n  id Int @id\n%s}\n"
                        .formatted(
                                i,
                                IntStream.range(0, 40)
                                        .mapToObj(field -> "  f%d String?\n".formatted(field))
                                        .collect(Collectors.joining())))
                .collect(Collectors.joining("", schema("A"), ""));
    }

    private static boolean isCompilerAtWork() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("query-compiler"));
    }

    @Test
    void parsingContinuesAfterTheDeadlineOfTheRequest() throws Exception {
        PrismaSchemas schemas = schemas();
        byte[] body = base64(largeSchema(300));
        Cancellation impatient = new Cancellation();
        FutureTask<Void> upload = new FutureTask<>(() -> schemas.upload(hash(body), body, impatient), null);
        Thread.startVirtualThread(upload);
        await().until(PrismaSchemasTest::isCompilerAtWork);
        impatient.cancel(Cancellation.Reason.TIMEOUT);
        assertThatThrownBy(upload::get).hasCauseInstanceOf(SchemaStartingException.class);
        assertThat(isCompilerAtWork()).isTrue();
        schemas.upload(hash(body), body, new Cancellation());
        assertThat(schemas.find(hash(body)))
                .isNotNull()
                .satisfies(schema -> assertThat(schema.isAccepted()).isTrue());
    }

    @Test
    void schemaThatTakesTooMuchCpuTimeIsRefused() {
        byte[] body = base64(largeSchema(2000));
        assertThatThrownBy(() -> schemas(new Limits(3, 64 << 20, Duration.ofMillis(100)))
                        .upload(hash(body), body, new Cancellation()))
                .isInstanceOf(ApiError.class)
                .hasMessage(
                        "The Prisma schema cannot be used: The query compiler took longer than the"
                                + " limit of 100 ms (schemas.max_compile_time). If the schema is very large, split or simplify it");
    }

    /** Returns a query that takes minutes to compile. */
    private static JsonNode heavyQuery() {
        return JsonMapper.shared()
                .readTree(IntStream.range(0, 100_000)
                        .mapToObj("{\"id\":%d}"::formatted)
                        .collect(Collectors.joining(
                                ",",
                                "{\"modelName\":\"A\",\"action\":\"findMany\",\"query\":{\"arguments\":{\"where\":{\"OR\":[",
                                "]}},\"selection\":{\"id\":true}}}")));
    }

    @Test
    void compilationStopsWhenItsRequestIsCancelled() throws Exception {
        PrismaSchemas schemas = schemas();
        PrismaSchema schema = schemas.find(upload(schemas, schema("A")));
        assertThat(schema).isNotNull();
        for (Cancellation.Reason reason :
                List.of(Cancellation.Reason.DISCONNECT, Cancellation.Reason.TIMEOUT, Cancellation.Reason.SHUTDOWN)) {
            Cancellation cancellation = new Cancellation();
            FutureTask<CompiledQuery> compilation = new FutureTask<>(() -> schema.compile(heavyQuery(), cancellation));
            Thread.startVirtualThread(compilation);
            await().until(PrismaSchemasTest::isCompilerAtWork);
            cancellation.cancel(reason);
            assertThatThrownBy(compilation::get).hasCauseInstanceOf(CancelledException.class);
            assertThat(isCompilerAtWork()).isFalse();
        }
        upload(schemas, schema("B"));
    }

    @Test
    void heavyQueryOfOneKeyDoesNotBlockAnotherKey() throws Exception {
        MemoryBudget budget = new MemoryBudget(4L << 30, List.of("default"));
        PrismaSchemas schemas = new SchemaSetup(budget, Clock.systemUTC()).inFiles("default", LIMITS, null, directory);
        PrismaSchema schema = schemas.find(upload(schemas, schema("A")));
        assertThat(schema).isNotNull();
        Cancellation heavy = new Cancellation(budget.open("default", "heavy"));
        FutureTask<CompiledQuery> compilation = new FutureTask<>(() -> schema.compile(heavyQuery(), heavy));
        Thread thread = Thread.startVirtualThread(compilation);
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        schema.compile(
                JsonMapper.shared()
                        .readTree("{\"modelName\":\"A\",\"action\":\"findMany\",\"query\":{\"arguments\":{},"
                                + "\"selection\":{\"id\":true}}}"),
                new Cancellation(budget.open("default", "light")));
        assertThat(compilation.isDone()).isFalse();
        heavy.cancel(Cancellation.Reason.DISCONNECT);
        assertThatThrownBy(compilation::get).hasCauseInstanceOf(CancelledException.class);
    }

    @Test
    void memoryOfCompilersIsCountedAndReleased() {
        MemoryBudget budget = new MemoryBudget(400 << 20, List.of("default"));
        PrismaSchemas schemas = new SchemaSetup(budget, Clock.systemUTC()).inFiles("default", LIMITS, null, directory);
        PrismaSchema schema = schemas.find(upload(schemas, schema("A")));
        assertThat(schema).isNotNull();
        assertThat(budget.usedBytes(MemoryUse.SCHEMAS)).isBetween(1L << 20, 8L << 20);
        schema.closeCompiler();
        assertThat(budget.usedBytes(MemoryUse.SCHEMAS)).isBetween(100L, 64L << 10);
    }

    @Test
    void compilationThatExceedsTheMemoryIsRejected() throws Exception {
        MemoryBudget budget = new MemoryBudget(64 << 20, List.of("default"));
        PrismaSchemas schemas = new SchemaSetup(budget, Clock.systemUTC()).inFiles("default", LIMITS, null, directory);
        PrismaSchema schema = schemas.find(upload(schemas, schema("A")));
        assertThat(schema).isNotNull();
        try (Reservation memory = budget.open("default", "key")) {
            assertThatThrownBy(() -> schema.compile(heavyQuery(), new Cancellation(memory)))
                    .isInstanceOf(MemoryExhaustedException.class);
        }
        assertThat(isCompilerAtWork()).isFalse();
        assertThat(budget.usedBytes(MemoryUse.SCHEMAS)).isLessThan(8 << 20);
    }

    @Test
    void oneKeyLeavesASlotToAnother() throws Exception {
        MemoryBudget budget = new MemoryBudget(64 << 20, List.of("default"));
        CompilerSlots slots = new CompilerSlots(1 << 20);
        Reservation greedy = budget.open("default", "greedy");
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            waiting.add(Thread.startVirtualThread(() -> {
                try {
                    slots.begin(greedy);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        await().until(() -> waiting.stream().anyMatch(thread -> !thread.isAlive()));
        slots.begin(budget.open("default", "modest"));
        assertThat(waiting.stream().anyMatch(Thread::isAlive)).isTrue();
        for (int i = 0; i < waiting.size(); i++) {
            await().until(() -> waiting.stream().anyMatch(thread -> !thread.isAlive()));
            slots.end(greedy);
        }
        for (Thread thread : waiting) {
            thread.join();
        }
    }

    @Test
    void schemasOverTheirShareOfTheMemoryAreDropped() {
        MemoryBudget budget = new MemoryBudget(32 << 20, List.of("default"));
        PrismaSchemas schemas = new SchemaSetup(budget, Clock.systemUTC())
                .inFiles("default", new Limits(100, 4 << 20, LIMITS.compileTime()), null, directory);
        String comment = "// " + "x".repeat(700_000);
        for (int i = 0; i < 8; i++) {
            upload(schemas, schema("M" + i) + comment);
        }
        assertThat(budget.usedBytes(MemoryUse.SCHEMAS)).isLessThan(16 << 20);
        assertThat(schemas.list()).hasSize(8);
    }

    @Test
    void databasesDoNotSharePlans() {
        SchemaSetup setup = new SchemaSetup(BUDGET, Clock.systemUTC());
        for (String tenant : List.of("tenant_a", "tenant_b")) {
            PrismaSchemas schemas = setup.inFiles(tenant, LIMITS, tenant, directory.resolve(tenant));
            PrismaSchema schema = schemas.find(upload(schemas, schema("A")));
            assertThat(schema).isNotNull();
            String plan = schema.compile(
                            JsonMapper.shared()
                                    .readTree(
                                            "{\"modelName\":\"A\",\"action\":\"findMany\",\"query\":{\"arguments\":{},"
                                                    + "\"selection\":{\"id\":true}}}"),
                            new Cancellation())
                    .plan()
                    .plan()
                    .toString();
            assertThat(plan).contains("\"" + tenant + "\".\"A\"");
        }
    }

    @Test
    void moreSchemasThanCompilersInMemoryAreServed() {
        PrismaSchemas schemas = schemas(new Limits(20, 1 << 20, LIMITS.compileTime()));
        List<String> hashes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            hashes.add(upload(schemas, schema("M" + i)));
        }
        for (String selection : List.of("{\"id\":true}", "{\"$scalars\":true}")) {
            for (int i = 0; i < 12; i++) {
                PrismaSchema schema = schemas.find(hashes.get(i));
                assertThat(schema).isNotNull();
                assertThat(schema.compile(
                                        JsonMapper.shared()
                                                .readTree(
                                                        "{\"modelName\":\"M%d\",\"action\":\"findMany\",\"query\":{\"arguments\":{},\"selection\":%s}}"
                                                                .formatted(i, selection)),
                                        new Cancellation())
                                .plan()
                                .reads()
                                .uncached())
                        .isNull();
            }
        }
    }

    @Test
    void serverThatCannotStoreSchemasKeepsWorking() {
        SchemaStore broken = new SchemaStore() {
            @Override
            public List<Kept> list() {
                throw new SchemaStoreException("no disk", null);
            }

            @Override
            public @Nullable String read(String hash) {
                throw new SchemaStoreException("no disk", null);
            }

            @Override
            public void write(String hash, String text) {
                throw new SchemaStoreException("no disk", null);
            }

            @Override
            public void delete(String hash) {
                throw new SchemaStoreException("no disk", null);
            }
        };
        PrismaSchemas schemas = new PrismaSchemas(
                "default",
                LIMITS,
                null,
                broken,
                new SchemaSetup.Shared(new CompiledPlans(), new CompilerSlots(1 << 30), BUDGET, Clock.systemUTC()));
        assertThat(schemas.find(upload(schemas, schema("A")))).isNotNull();
        assertThat(schemas.list()).hasSize(1);
    }
}
