package dev.hasten.compiler;

import dev.hasten.compiler.DeepStack.TimeLimitException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Compiles the JSON queries of Prisma clients to query plans for one Prisma schema.
 *
 * <p>Thread-safe, but calls run one at a time because the compiler is single-threaded WebAssembly. Its frames are Java
 * frames, so every call runs on a new platform thread whose stack is large enough for everything that the compiler
 * accepts. It may be called from virtual threads. A call is stopped if it exceeds its time limit or if the calling
 * thread is interrupted. An interrupted call discards the compiler's memory; the next call reads the schema again.
 *
 * <p>The compiler does not validate schemas; it uses the parts of a text that it can parse. Clients upload schemas that
 * {@code prisma generate} has validated.
 */
public final class QueryCompiler implements AutoCloseable {
    /**
     * Limits on the resources of one instance.
     *
     * @param memoryMiB maximum memory of one instance in MiB, 8 to 2048
     * @param time maximum CPU time of one call; positive
     */
    public record Limits(int memoryMiB, Duration time) {
        public static final Limits DEFAULT = new Limits(256, Duration.ofSeconds(10));

        public Limits {
            if (memoryMiB < 8 || memoryMiB > 2048) {
                throw new IllegalArgumentException("memoryMiB is %d, must be from 8 to 2048".formatted(memoryMiB));
            }
            if (!time.isPositive()) {
                throw new IllegalArgumentException("time is %s, must be positive".formatted(time));
            }
        }
    }

    private static final long PAGE_BYTES = 64 << 10;
    private static final int PAGES_PER_MIB = 16;
    /** The memory of WebAssembly never shrinks. An instance that has grown by more than this is replaced. */
    private static final int KEPT_GROWTH_PAGES = 16 * PAGES_PER_MIB;

    private final String schema;
    private final @Nullable String schemaName;
    private final Limits limits;
    private final ReentrantLock turn = new ReentrantLock();
    /**
     * Null if the next call must start a new instance. Guarded by {@code turn}, like all non-volatile mutable state.
     */
    private @Nullable WasmCompiler wasm;

    private int pagesAfterOpening;
    private volatile boolean broken;
    private volatile boolean closed;

    private QueryCompiler(String schema, @Nullable String schemaName, Limits limits) {
        this.schema = schema;
        this.schemaName = schemaName;
        this.limits = limits;
    }

    /** Same as {@link #open(SchemaDefinition, String, Limits, CompilerMemory)} with the default limits. */
    public static QueryCompiler open(SchemaDefinition schema, @Nullable String schemaName)
            throws SchemaException, InterruptedException {
        return open(schema, schemaName, Limits.DEFAULT, CompilerMemory.UNCOUNTED);
    }

    /**
     * Starts a compiler for a schema.
     *
     * @param schemaName the PostgreSQL schema of models without {@code @@schema}; null for {@code public}
     * @throws SchemaException if the compiler rejects the schema
     * @throws IllegalArgumentException if the schema name contains a double quote
     * @throws CompilerPanicException if the compiler crashes
     * @throws InterruptedException if this thread is interrupted; the compiler has then stopped
     */
    public static QueryCompiler open(
            SchemaDefinition schema, @Nullable String schemaName, Limits limits, CompilerMemory memory)
            throws SchemaException, InterruptedException {
        if (schemaName != null && schemaName.contains("\"")) {
            throw new IllegalArgumentException(
                    "The schema name contains a double quote, which the compiler does not escape");
        }
        QueryCompiler compiler = new QueryCompiler(schema.text(), schemaName, limits);
        compiler.turn.lock();
        try {
            compiler.start(memory);
        } finally {
            compiler.turn.unlock();
        }
        return compiler;
    }

    /**
     * Loads and initializes the compiler's classes, so that the first client does not have to wait for it. Takes about
     * one second of CPU time, once.
     */
    public static void warmUp() {
        String schema = """
                datasource db {
                  provider = "postgresql"
                }
                model A {
                  id Int @id
                }
                """;
        String query = """
                {"modelName":"A","action":"findMany","query":{"arguments":{},"selection":{"$scalars":true}}}""";
        try (QueryCompiler compiler = open(SchemaDefinition.of(schema), null)) {
            compiler.compile(query);
        } catch (SchemaException | CompileException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Same as {@link #compile(String, CompilerMemory)} without tracking memory. */
    JsonNode compile(String request) throws CompileException, InterruptedException {
        return compile(request, CompilerMemory.UNCOUNTED);
    }

    /**
     * Compiles one query.
     *
     * @param request {@code {"modelName","action","query":{"arguments","selection"}}}; literals may be placeholders,
     *     {@code {"$type":"Param","value":{"name":"%1","type":"Int"}}}, which the plan then refers to by name
     * @return the plan in the format that Prisma 7 clients send
     * @throws CompileException if the compiler rejects the query
     * @throws CompilerPanicException if the compiler crashes; this instance is then {@link #isBroken broken}
     * @throws InterruptedException if this thread is interrupted; the compiler has then stopped
     */
    public JsonNode compile(String request, CompilerMemory memory) throws CompileException, InterruptedException {
        return compile(wasm -> wasm.compile(request), memory);
    }

    /**
     * Compiles a batch.
     *
     * @param request {@code {"batch":[...],"transaction"?}}
     * @return {@code {"type":"multi","plans":[...]}}, or {@code {"type":"compacted","plan",...}} if all
     *     are answered by one query
     * @throws CompileException if the compiler rejects one of the queries
     * @throws CompilerPanicException if the compiler crashes on one of the queries; this instance is then
     *     {@link #isBroken broken}
     * @throws InterruptedException if this thread is interrupted; the compiler has then stopped
     */
    public JsonNode compileBatch(String request, CompilerMemory memory) throws CompileException, InterruptedException {
        return compile(wasm -> wasm.compileBatch(request), memory);
    }

    /** Whether the compiler has crashed. All calls of such an instance throw {@link CompilerPanicException}. */
    public boolean isBroken() {
        return broken;
    }

    /** Memory in bytes that the compiler holds for this schema between two calls, without the JVM's own objects. */
    public long memoryBytes() {
        turn.lock();
        try {
            return wasm == null ? 0 : wasm.pages() * PAGE_BYTES;
        } finally {
            turn.unlock();
        }
    }

    /** Releases the memory, after a running call has ended. Later calls fail. */
    @Override
    public void close() {
        closed = true;
        turn.lock();
        try {
            wasm = null;
        } finally {
            turn.unlock();
        }
    }

    /** For tests: the number of JavaScript values that the compiler holds. */
    int references() {
        turn.lock();
        try {
            return wasm == null ? 0 : wasm.references();
        } finally {
            turn.unlock();
        }
    }

    @FunctionalInterface
    private interface Work {
        JsonNode on(WasmCompiler compiler) throws CompileException;
    }

    private JsonNode compile(Work work, CompilerMemory memory) throws CompileException, InterruptedException {
        turn.lockInterruptibly();
        try {
            if (closed) {
                throw new IllegalStateException("This query compiler is closed");
            }
            if (broken) {
                throw new CompilerPanicException("The query compiler crashed earlier", null, null);
            }
            WasmCompiler running = wasm == null ? start(memory) : wasm;
            try {
                return guarded(running, () -> work.on(running), memory);
            } finally {
                if (running.pages() > pagesAfterOpening + KEPT_GROWTH_PAGES) {
                    wasm = null;
                }
            }
        } catch (SchemaException e) {
            throw new IllegalStateException("A previously accepted schema was rejected", e);
        } finally {
            turn.unlock();
        }
    }

    private WasmCompiler start(CompilerMemory memory) throws SchemaException, InterruptedException {
        WasmCompiler fresh = new WasmCompiler(limits.memoryMiB() * PAGES_PER_MIB);
        try {
            guarded(
                    fresh,
                    () -> {
                        fresh.open(schema, schemaName);
                        return fresh;
                    },
                    memory);
        } catch (CompileException e) {
            throw new IllegalStateException(e);
        }
        pagesAfterOpening = fresh.pages();
        wasm = fresh;
        return fresh;
    }

    /**
     * Runs work on the compiler. A crash or a timeout marks this instance as broken. Any outcome other than a result or
     * a {@link CompileException} discards the WebAssembly instance.
     */
    private <T> T guarded(WasmCompiler running, Callable<T> work, CompilerMemory memory)
            throws CompileException, SchemaException, InterruptedException {
        boolean orderly = false;
        try {
            T result = DeepStack.run(work, limits.time(), () -> memory.holds(running.pages() * PAGE_BYTES));
            orderly = true;
            return result;
        } catch (TimeLimitException e) {
            broken = true;
            throw new CompilerPanicException(
                    "The query compiler took longer than the limit of %d ms (schemas.max_compile_time)"
                            .formatted(limits.time().toMillis()),
                    null,
                    e);
        } catch (ExecutionException e) {
            switch (Objects.requireNonNull(e.getCause())) {
                case CompileException refused -> {
                    orderly = true;
                    throw refused;
                }
                case SchemaException refused -> throw refused;
                case Throwable failure -> {
                    broken = true;
                    throw new CompilerPanicException("The query compiler crashed", running.panic(), failure);
                }
            }
        } finally {
            if (!orderly) {
                wasm = null;
            }
        }
    }
}
