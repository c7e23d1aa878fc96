package dev.hasten.schema;

import static java.util.Objects.requireNonNull;

import dev.hasten.compiler.CompileException;
import dev.hasten.compiler.CompilerMemory;
import dev.hasten.compiler.CompilerPanicException;
import dev.hasten.compiler.QueryCompiler;
import dev.hasten.compiler.SchemaDefinition;
import dev.hasten.compiler.SchemaException;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * A query compiler for one schema, used by one request at a time. It is opened, which includes reading the schema, when
 * it is first needed, and again after it was closed to free memory. Opening continues in the background if the waiting
 * request must stop, so that a later request can use the result even on a slow machine. Compiling a query stops
 * together with its request.
 */
final class SchemaCompiler {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaCompiler.class);

    /** How long a query waits while queries of other API keys are compiled. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** HTTP status for a query on which the compiler crashes. */
    static final int BREAKDOWN = 422;

    private final SchemaDefinition schema;
    private final @Nullable String schemaName;
    private final QueryCompiler.Limits limits;
    private final CompilerSlots slots;
    /** Memory of the compiler between two calls, which belongs to all keys of the database. */
    private final Reservation memory;

    private final ReentrantLock turn = new ReentrantLock();
    /** Guarded by {@link #turn}; null while it is not open. */
    private @Nullable QueryCompiler compiler;
    /** Guarded by {@link #turn}; the background task that opens the compiler, until a request takes its result. */
    private @Nullable FutureTask<QueryCompiler> opening;
    /** Whether there is a compiler. */
    private volatile boolean open;
    /** Owner of the query that is compiled now, or null. */
    private volatile @Nullable String compilingFor;

    /** @param memory for the memory of the compiler between two calls */
    SchemaCompiler(
            SchemaDefinition schema,
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
        JsonNode by(QueryCompiler compiler, CompilerMemory memory) throws CompileException, InterruptedException;
    }

    /**
     * Checks that the compiler accepts the schema.
     *
     * @throws ApiError with the compiler's own message if it does not
     * @throws SchemaStartingException if the request reaches its time limit first
     * @throws CancelledException if the request must stop for another reason
     */
    void check(Cancellation cancellation) {
        inTurn(cancellation, () -> opened(cancellation), null);
    }

    /**
     * Waits until no other request uses the compiler, then runs {@code work}.
     *
     * @param otherwise runs instead if the wait takes longer than a second because of queries of other API keys; null to
     *     wait as long as necessary
     * @throws SchemaStartingException if the request reaches its time limit before the schema is read
     * @throws CancelledException if the request must stop for another reason
     */
    <T> T inTurn(Cancellation cancellation, Supplier<T> work, @Nullable Supplier<T> otherwise) {
        try {
            if (!awaitTurn(cancellation, otherwise != null)) {
                return requireNonNull(otherwise).get();
            }
            try {
                return work.get();
            } finally {
                turn.unlock();
                // It may have been evicted while it was working.
                if (!slots.holds(this)) {
                    close();
                }
            }
        } catch (CancelledException e) {
            throw e.reason() == Cancellation.Reason.TIMEOUT && !open ? new SchemaStartingException() : e;
        }
    }

    private boolean awaitTurn(Cancellation cancellation, boolean impatient) {
        String owner = cancellation.memory().owner();
        return interruptible(cancellation, () -> {
            while (!turn.tryLock(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
                // A wait for the schema to be read would only take longer with another compiler.
                String busyFor = compilingFor;
                if (impatient && busyFor != null && !busyFor.equals(owner)) {
                    return false;
                }
            }
            return true;
        });
    }

    /**
     * Compiles a query. Called within {@link #inTurn}.
     *
     * @throws ApiError P2009 and similar if the query does not match the schema; status 422 if the compiler fails
     * @throws CancelledException if the request must stop
     */
    JsonNode compile(Call call, Cancellation cancellation) {
        QueryCompiler running = opened(cancellation);
        interruptible(cancellation, () -> {
            slots.begin(cancellation.memory());
            return slots;
        });
        long bytesBefore = running.memoryBytes();
        compilingFor = cancellation.memory().owner();
        try {
            return interruptible(
                    cancellation,
                    () -> call.by(
                            running,
                            bytes -> cancellation.memory().set(MemoryUse.SCHEMAS, Math.max(0, bytes - bytesBefore))));
        } catch (CompileException e) {
            throw refused(e);
        } catch (CompilerPanicException e) {
            LOG.warn("the query compiler crashed while compiling a query: {} ({})", e.getMessage(), e.location());
            close();
            throw ApiError.of(
                    BREAKDOWN,
                    "P6000",
                    "The query cannot be compiled: " + e.getMessage()
                            + ". If the query is very large or deeply nested, split or simplify it");
        } finally {
            compilingFor = null;
            slots.end(cancellation.memory());
            cancellation.memory().set(MemoryUse.SCHEMAS, 0);
            keep();
        }
    }

    private static ApiError refused(CompileException error) {
        String code = error.code() == null ? "P2009" : error.code();
        Map<String, @Nullable Object> meta = new LinkedHashMap<>();
        if (error.meta() != null && PlanValues.constant(error.meta()) instanceof Map<?, ?> members) {
            members.forEach((name, value) -> meta.put(String.valueOf(name), value));
        }
        return ApiError.of(400, code, String.valueOf(error.getMessage()), meta);
    }

    /** Returns the compiler. Opens it first if necessary. */
    private QueryCompiler opened(Cancellation cancellation) {
        QueryCompiler known = compiler;
        if (known == null) {
            if (opening != null && opening.state() == FutureTask.State.FAILED) {
                // The request that started it has stopped. Its failure, such as a lack of memory, may be over.
                opening = null;
            }
            FutureTask<QueryCompiler> running = opening == null ? startOpening(cancellation) : opening;
            try {
                known = interruptible(cancellation, running::get);
            } catch (ExecutionException e) {
                opening = null;
                throw unusable(requireNonNull(e.getCause()));
            }
            opening = null;
            compiler = known;
            open = true;
        }
        return known;
    }

    /** The request waits for the slot, not the new thread, so there are never more such threads than slots. */
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
        Thread.ofVirtual().name("hasten-schema-opening").start(task);
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

    /** Moves the memory from the key whose request opened the compiler to all keys of the database. */
    private QueryCompiler counted(QueryCompiler opened, Reservation growing) {
        growing.set(MemoryUse.SCHEMAS, 0);
        long bytes = opened.memoryBytes();
        memory.set(MemoryUse.SCHEMAS, bytes);
        slots.use(this, bytes);
        return opened;
    }

    /** The error for a schema that must not be used. */
    static ApiError invalid(SchemaException e) {
        return ApiError.badRequest("The Prisma schema is not valid: " + e.getMessage());
    }

    private static RuntimeException unusable(Throwable cause) {
        return switch (cause) {
            case SchemaException e -> invalid(e);
            case CompilerPanicException e -> {
                LOG.warn("the query compiler crashed while reading a schema: {} ({})", e.getMessage(), e.location());
                yield ApiError.badRequest("The Prisma schema cannot be used: " + e.getMessage()
                        + ". If the schema is very large, split or simplify it");
            }
            case RuntimeException e -> e;
            default -> new IllegalStateException(cause);
        };
    }

    /** Updates the memory that is counted for the compiler; closes the compiler if there is not enough. */
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

    /** Closes the compiler and releases its memory. Does nothing while it is working. */
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

    /** Waits, but no longer than the request may run. */
    private static <T, E extends Exception> T interruptible(Cancellation cancellation, Cancellation.Wait<T, E> wait)
            throws E {
        try {
            return cancellation.interruptible(wait);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
