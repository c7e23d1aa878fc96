package dev.hasten.schema;

import dev.hasten.compiler.CompileException;
import dev.hasten.compiler.CompilerMemory;
import dev.hasten.compiler.CompilerPanicException;
import dev.hasten.compiler.QueryCompiler;
import dev.hasten.compiler.SchemaException;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.postgres.Cancellation;
import dev.hasten.postgres.CancelledException;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The query compiler of one schema for one API key, for one request at a time. It reads the schema when it is needed first, and again after
 * others needed its memory. Reading goes on in the background when the request that waits for it must stop, so that on a
 * slow machine a later request finds it done. Compiling stops together with its request.
 */
final class SchemaCompiler {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaCompiler.class);

    /** HTTP status of a query over which the compiler breaks down. */
    static final int BREAKDOWN = 422;

    private final String schema;
    private final @Nullable String schemaName;
    private final QueryCompiler.Limits limits;
    private final CompilerSlots slots;
    /** What the compiler holds between two calls. All keys of the database share it. */
    private final Reservation memory;

    private final ReentrantLock turn = new ReentrantLock();
    /** Guarded by {@link #turn}; null until it is needed, and again when others need memory. */
    private @Nullable QueryCompiler compiler;
    /** Guarded by {@link #turn}; the reading of the schema, until a request sees how it ended. */
    private @Nullable FutureTask<QueryCompiler> opening;
    /** Whether there is a compiler. */
    private volatile boolean open;

    /** @param memory for what the compiler holds between two calls */
    SchemaCompiler(
            String schema,
            @Nullable String schemaName,
            QueryCompiler.Limits limits,
            CompilerSlots slots,
            Reservation memory) {
        this.schema = schema;
        this.schemaName = schemaName;
        this.limits = limits;
        this.slots = slots;
        this.memory = memory;
    }

    /** A call of the compiler. */
    @FunctionalInterface
    interface Call {
        byte[] by(QueryCompiler compiler, CompilerMemory memory) throws CompileException, InterruptedException;
    }

    /**
     * Makes sure that the compiler takes the schema.
     *
     * @throws ApiError with the compiler's own message when it does not
     * @throws SchemaStartingException when the time of the request is over before that is known
     * @throws CancelledException when the request must stop for another reason
     */
    void check(Cancellation cancellation) {
        inTurn(cancellation, () -> opened(cancellation));
    }

    /**
     * Does something when this request has its turn, and the compiler for itself.
     *
     * @throws SchemaStartingException when the time of the request is over before the schema is read
     * @throws CancelledException when the request must stop for another reason
     */
    <T> T inTurn(Cancellation cancellation, Supplier<T> work) {
        try {
            interruptible(cancellation, () -> {
                turn.lockInterruptibly();
                return turn;
            });
            try {
                return work.get();
            } finally {
                turn.unlock();
                // Somebody else may have wanted the memory of this one while it was at work.
                if (!slots.holds(this)) {
                    close();
                }
            }
        } catch (CancelledException e) {
            throw e.reason() == Cancellation.Reason.TIMEOUT && !open ? new SchemaStartingException() : e;
        }
    }

    /**
     * Compiles, for the request whose turn it is.
     *
     * @throws ApiError P2009 and the like, for a query that does not fit the schema; status 422 when the compiler breaks down
     * @throws CancelledException when the request must stop
     */
    byte[] compile(Call call, Cancellation cancellation) {
        QueryCompiler running = opened(cancellation);
        interruptible(cancellation, () -> {
            slots.begin(cancellation.memory());
            return slots;
        });
        long bytesBefore = running.memoryBytes();
        try {
            return interruptible(
                    cancellation,
                    () -> call.by(
                            running,
                            bytes -> cancellation.memory().set(MemoryUse.SCHEMAS, Math.max(0, bytes - bytesBefore))));
        } catch (CompileException e) {
            throw refused(e);
        } catch (CompilerPanicException e) {
            LOG.warn("the query compiler broke down over a query: {} ({})", e.getMessage(), e.detail());
            close();
            throw ApiError.of(
                    BREAKDOWN,
                    "P6000",
                    "The query cannot be compiled: " + e.getMessage() + ". Is it very large or deep?");
        } finally {
            slots.end(cancellation.memory());
            cancellation.memory().set(MemoryUse.SCHEMAS, 0);
            keep();
        }
    }

    private static ApiError refused(CompileException error) {
        String code = error.code() == null ? "P2009" : error.code();
        Map<String, @Nullable Object> meta = new LinkedHashMap<>();
        if (error.meta() != null
                && PlanValues.constant(JsonMapper.shared().readTree(error.meta())) instanceof Map<?, ?> members) {
            members.forEach((name, value) -> meta.put(String.valueOf(name), value));
        }
        return ApiError.of(400, code, String.valueOf(error.getMessage()), meta);
    }

    /** The compiler, opened if need be. */
    private QueryCompiler opened(Cancellation cancellation) {
        QueryCompiler known = compiler;
        if (known == null) {
            FutureTask<QueryCompiler> running = opening == null ? startOpening(cancellation) : opening;
            try {
                known = interruptible(cancellation, running::get);
            } catch (ExecutionException e) {
                opening = null;
                throw unusable(e.getCause());
            }
            opening = null;
            compiler = known;
            open = true;
        }
        return known;
    }

    /** Waits for its slot here, in the request: so there are never more of these threads than slots. */
    private FutureTask<QueryCompiler> startOpening(Cancellation cancellation) {
        Reservation growing = cancellation.memory().another();
        FutureTask<QueryCompiler> task = new FutureTask<>(() -> {
            try {
                return counted(open(growing), growing);
            } finally {
                growing.close();
                slots.end(growing);
            }
        });
        interruptible(cancellation, () -> {
            slots.begin(growing);
            return slots;
        });
        opening = task;
        Thread.ofVirtual().name("schema-opening").start(task);
        return task;
    }

    private QueryCompiler open(Reservation growing) throws SchemaException, InterruptedException {
        CompilerMemory counted = bytes -> growing.set(MemoryUse.SCHEMAS, bytes);
        try {
            return QueryCompiler.open(schema, schemaName, limits, counted);
        } catch (MemoryExhaustedException e) {
            growing.set(MemoryUse.SCHEMAS, 0);
            slots.closeOthers(this);
            return QueryCompiler.open(schema, schemaName, limits, counted);
        }
    }

    /** From now on the database holds the memory, not the key whose request opened the compiler. */
    private QueryCompiler counted(QueryCompiler opened, Reservation growing) {
        growing.set(MemoryUse.SCHEMAS, 0);
        long bytes = opened.memoryBytes();
        memory.set(MemoryUse.SCHEMAS, bytes);
        slots.use(this, bytes);
        return opened;
    }

    private static RuntimeException unusable(Throwable cause) {
        return switch (cause) {
            case SchemaException e -> ApiError.badRequest("The Prisma schema is not valid: " + e.getMessage());
            case CompilerPanicException e -> {
                LOG.warn("the query compiler broke down over a schema: {} ({})", e.getMessage(), e.detail());
                yield ApiError.badRequest("The Prisma schema cannot be used: " + e.getMessage());
            }
            case RuntimeException e -> e;
            default -> new IllegalStateException(cause);
        };
    }

    /** Counts what the compiler holds after a call; closes it when there is no room for that. */
    private void keep() {
        QueryCompiler kept = compiler;
        if (kept != null) {
            try {
                long bytes = kept.memoryBytes();
                memory.set(MemoryUse.SCHEMAS, bytes);
                slots.use(this, bytes);
            } catch (MemoryExhaustedException e) {
                close();
            }
        }
    }

    /** Gives the memory of the compiler back. One that is at work is left alone. */
    void close() {
        if (!turn.tryLock()) {
            return;
        }
        try {
            if (opening != null && !opening.isDone()) {
                return;
            }
            slots.forget(this);
            if (opening != null && opening.state() == FutureTask.State.SUCCESS) {
                opening.resultNow().close();
                opening = null;
            }
            if (compiler != null) {
                compiler.close();
                compiler = null;
                open = false;
            }
            memory.close();
        } finally {
            turn.unlock();
        }
    }

    /** Waits until the request must stop. */
    private static <T, E extends Exception> T interruptible(Cancellation cancellation, Cancellation.Wait<T, E> wait)
            throws E {
        try {
            return cancellation.interruptible(wait);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
