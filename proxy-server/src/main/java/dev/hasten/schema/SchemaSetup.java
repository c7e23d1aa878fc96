package dev.hasten.schema;

import dev.hasten.compiler.QueryCompiler;
import dev.hasten.deadline.Watchdog;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.postgres.ConnectionPool;
import dev.hasten.schema.PrismaSchemas.Limits;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the schemas of each database. Holds the resources that they share: plans, compiler slots and memory. */
public final class SchemaSetup {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaSetup.class);

    private final Shared shared;

    /**
     * What the databases share.
     *
     * @param memory the budget for schemas and their compilers
     */
    record Shared(CompiledPlans plans, CompilerSlots slots, MemoryBudget memory, Clock clock) {}

    /** @param memory the budget for schemas and their compilers */
    public SchemaSetup(MemoryBudget memory, Clock clock) {
        // An eighth of the budget, so that unused compilers leave most of it to requests.
        CompilerSlots slots = new CompilerSlots(memory.limitBytes() / 8);
        this.shared = new Shared(new CompiledPlans(), slots, memory, clock);
    }

    /**
     * Creates the schemas of a database, stored in files.
     *
     * @param schemaName the PostgreSQL schema of models that do not specify one; null for {@code public}
     */
    public PrismaSchemas inFiles(String database, Limits limits, @Nullable String schemaName, Path directory) {
        return schemas(database, limits, schemaName, new SchemaFiles(directory));
    }

    /** Creates the schemas of a database, stored in a table of the database. */
    public PrismaSchemas inTable(
            String database, Limits limits, @Nullable String schemaName, ConnectionPool pool, Watchdog watchdog) {
        return schemas(database, limits, schemaName, new SchemaTable(pool, watchdog));
    }

    private PrismaSchemas schemas(String database, Limits limits, @Nullable String schemaName, SchemaStore store) {
        return new PrismaSchemas(database, limits, schemaName, store, shared);
    }

    /**
     * Loads the compiler in the background if clients that need it are expected. Loading takes about a second of CPU
     * time, so servers without such clients skip it.
     */
    public void warmUp(Collection<PrismaSchemas> all) {
        Thread.ofPlatform().daemon().name("hasten-compiler-warm-up").start(() -> {
            if (all.stream().anyMatch(PrismaSchemas::expectsClients)) {
                try {
                    QueryCompiler.warmUp();
                } catch (RuntimeException e) {
                    LOG.warn("Cannot load the query compiler; queries of Prisma 5 and 6 may fail", e);
                }
            }
        });
    }

    /** Queries whose plan was cached. */
    public long planHits() {
        return shared.plans().hits();
    }

    /** Queries that were compiled. */
    public long planMisses() {
        return shared.plans().misses();
    }
}
