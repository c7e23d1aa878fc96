package dev.hasten.compiler;

import dev.hasten.compiler.DeepStack.TimeLimitException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the JSON queries of Prisma clients to query plans for one Prisma schema.
 *
 * <p>Safe for use by many threads, which take turns: the compiler is single-threaded WebAssembly. Its frames are Java
 * frames, so every call runs on a platform thread of its own, whose stack is deep enough for whatever the compiler
 * accepts; virtual threads may call, too. The thread also bounds the time: it is interrupted when it has computed for too
 * long, or when the calling thread is interrupted. An interrupted call costs the compiler its memory; the next one reads
 * the schema again.
 *
 * <p>The compiler does not validate schemas; it takes what it understands of any text. Clients upload schemas that {@code
 * prisma generate} has validated.
 */
public final class QueryCompiler implements AutoCloseable {
    /**
     * What a client may cost.
     *
     * @param memoryMiB how far the memory of one instance may grow while it compiles, in MiB, 8 to 2048
     * @param time how long one call may compute, positive; CPU time
     */
    public record Limits(int memoryMiB, Duration time) {
        public static final Limits DEFAULT = new Limits(256, Duration.ofSeconds(10));

        public Limits {
            if (memoryMiB < 8 || memoryMiB > 2048) {
                throw new IllegalArgumentException("memoryMiB is %d, allowed is 8 to 2048".formatted(memoryMiB));
            }
            if (!time.isPositive()) {
                throw new IllegalArgumentException("time is %s, but must be positive".formatted(time));
            }
        }
    }

    private static final long PAGE_BYTES = 64 << 10;
    private static final int PAGES_PER_MIB = 16;
    /** Memory of WebAssembly never shrinks. An instance that grew by more than this is replaced by a fresh one. */
    private static final int KEPT_GROWTH_PAGES = 16 * PAGES_PER_MIB;

    private final String schema;
    private final @Nullable String schemaName;
    private final Limits limits;
    private final ReentrantLock turn = new ReentrantLock();
    /** Null when the next call has to start a fresh one. Guarded by {@code turn}, as is all that changes. */
    private @Nullable WasmCompiler wasm;

    private int pagesAfterOpening;
    private volatile boolean broken;
    private volatile boolean closed;

    private QueryCompiler(String schema, @Nullable String schemaName, Limits limits) {
        this.schema = schema;
        this.schemaName = schemaName;
        this.limits = limits;
    }

    /** {@link #open(String, String, Limits, CompilerMemory)} with the default limits. */
    public static QueryCompiler open(String schema, @Nullable String schemaName)
            throws SchemaException, InterruptedException {
        return open(schema, schemaName, Limits.DEFAULT, CompilerMemory.UNCOUNTED);
    }

    /**
     * Reads a schema.
     *
     * @param schema the text of a Prisma schema of Prisma 5 or later
     * @param schemaName the PostgreSQL schema of models without {@code @@schema}; null for {@code public}
     * @throws SchemaException if it is not for PostgreSQL, or is refused
     * @throws IllegalArgumentException if the schema name has a double quote
     * @throws CompilerPanicException if the compiler breaks down over it
     * @throws InterruptedException if this thread is interrupted; the compiler does not work any more then
     */
    public static QueryCompiler open(String schema, @Nullable String schemaName, Limits limits, CompilerMemory memory)
            throws SchemaException, InterruptedException {
        SchemaGuard.check(schema);
        if (schemaName != null && schemaName.contains("\"")) {
            throw new IllegalArgumentException(
                    "The schema name has a double quote, which the compiler does not escape");
        }
        QueryCompiler compiler = new QueryCompiler(schema, schemaName, limits);
        compiler.turn.lock();
        try {
            compiler.start(memory);
        } finally {
            compiler.turn.unlock();
        }
        return compiler;
    }

    /**
     * Loads and initialises the compiler's classes, so that the first client need not wait for that. Takes about a
     * second of CPU, once.
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
        try (QueryCompiler compiler = open(schema, null)) {
            compiler.compile(query);
        } catch (SchemaException | CompileException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@link #compile(String, CompilerMemory)} without a check of its memory. */
    byte[] compile(String request) throws CompileException, InterruptedException {
        return compile(request, CompilerMemory.UNCOUNTED);
    }

    /**
     * Compiles one query.
     *
     * @param request {@code {"modelName","action","query":{"arguments","selection"}}}; literals may be placeholders,
     *     {@code {"$type":"Param","value":{"name":"%1","type":"Int"}}}, which the plan then names
     * @return the plan, JSON in UTF-8, as a Prisma 7 client sends it
     * @throws CompileException if the compiler refuses the query
     * @throws CompilerPanicException if it breaks down over it; this instance is {@link #isBroken} then
     * @throws InterruptedException if this thread is interrupted; the compiler does not work any more then
     */
    public byte[] compile(String request, CompilerMemory memory) throws CompileException, InterruptedException {
        return compile(wasm -> wasm.compile(request), memory);
    }

    /**
     * Compiles a batch.
     *
     * @param request {@code {"batch":[...],"transaction"?}}
     * @return JSON in UTF-8: {@code {"type":"multi","plans":[...]}}, or {@code {"type":"compacted","plan",...}} when one
     *     query answers all of them
     * @throws CompileException if the compiler refuses one of the queries
     * @throws CompilerPanicException if it breaks down over one; this instance is {@link #isBroken} then
     * @throws InterruptedException if this thread is interrupted; the compiler does not work any more then
     */
    public byte[] compileBatch(String request, CompilerMemory memory) throws CompileException, InterruptedException {
        return compile(wasm -> wasm.compileBatch(request), memory);
    }

    /** Whether the compiler broke down. Such an instance only throws {@link CompilerPanicException}. */
    public boolean isBroken() {
        return broken;
    }

    /** Bytes of memory that the compiler holds for this schema between two calls, without the JVM's own objects. */
    public long memoryBytes() {
        turn.lock();
        try {
            return wasm == null ? 0 : wasm.pages() * PAGE_BYTES;
        } finally {
            turn.unlock();
        }
    }

    /** Gives the memory back, when a running call has ended. Calls after this fail. */
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

    /** For tests: how many JavaScript values the compiler holds. */
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
        byte[] on(WasmCompiler compiler) throws CompileException;
    }

    private byte[] compile(Work work, CompilerMemory memory) throws CompileException, InterruptedException {
        turn.lockInterruptibly();
        try {
            if (closed) {
                throw new IllegalStateException("This query compiler is closed");
            }
            if (broken) {
                throw new CompilerPanicException("The query compiler broke down earlier", null, null);
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
            throw new IllegalStateException("A schema that was accepted is refused", e);
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

    /** Lets only the compiler's orderly answers through as such; anything else breaks this instance. */
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
                    "The query compiler took longer than %d ms"
                            .formatted(limits.time().toMillis()),
                    null,
                    e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case CompileException refused -> {
                    orderly = true;
                    throw refused;
                }
                case SchemaException refused -> throw refused;
                case Throwable failure -> {
                    broken = true;
                    throw new CompilerPanicException("The query compiler broke down", running.panic(), failure);
                }
            }
        } finally {
            if (!orderly) {
                wasm = null;
            }
        }
    }
}
