package dev.hasten.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.compiler.QueryCompiler;
import dev.hasten.compiler.SchemaDefinition;
import dev.hasten.compiler.SchemaException;
import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.Sha256;
import dev.hasten.schema.SchemaStore.SchemaStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Prisma schemas of one database. Clients without an engine upload their schema once and refer to it by its hash.
 * The number of schemas is limited: the least recently used one is removed, and its clients upload it again when they
 * get the response that it is missing.
 */
public final class PrismaSchemas {
    private static final Logger LOG = LoggerFactory.getLogger(PrismaSchemas.class);
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final String database;
    private final Limits limits;
    private final @Nullable String schemaName;
    private final SchemaStore store;
    private final SchemaSetup.Shared shared;

    /** The loaded schemas, most recently used last. Guarded by itself, and only locked briefly. */
    private final LinkedHashMap<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);
    /** Memory of all loaded schemas without their compilers. Guarded by {@link #known}. */
    private final Reservation knownMemory;

    private volatile boolean storeFails;

    /**
     * Limits for the schemas of a database.
     *
     * @param count maximum number of schemas, at least 1
     * @param bytes maximum size of the text of a schema, at least 1
     * @param compileTime maximum CPU time to read a schema or to compile a query
     */
    public record Limits(int count, long bytes, Duration compileTime) {}

    /**
     * The description of a schema in a list for operators.
     *
     * @param bytes size of its text
     * @param lastUsed null if it has not been used since the server started
     */
    public record Listed(
            String hash,
            long bytes,
            Instant uploaded,
            @Nullable Instant lastUsed) {}

    private static final class Known {
        private final PrismaSchema schema;
        private final long bytes;
        private final Instant since;
        private volatile Instant lastUsed;

        Known(PrismaSchema schema, Instant since) {
            this.schema = schema;
            this.bytes = schema.heapBytes();
            this.since = since;
            this.lastUsed = since;
        }
    }

    PrismaSchemas(
            String database, Limits limits, @Nullable String schemaName, SchemaStore store, SchemaSetup.Shared shared) {
        this.database = database;
        this.limits = limits;
        this.schemaName = schemaName;
        this.store = store;
        this.shared = shared;
        this.knownMemory = shared.memory().open(database, MemoryBudget.SHARED);
    }

    /**
     * Returns the schema with this hash, or null if it must be uploaded first. May read the store, so it may block.
     *
     * @throws MemoryExhaustedException if there is not enough memory
     */
    public @Nullable PrismaSchema find(String hash) {
        Known found = known(hash);
        if (found != null) {
            found.lastUsed = shared.clock().instant();
            return found.schema;
        }
        if (!HASH.matcher(hash).matches()) {
            return null;
        }
        String text = read(hash);
        return text == null ? null : keep(schema(hash, text));
    }

    private PrismaSchema schema(String hash, String text) {
        SchemaDefinition definition = definition(text);
        return new PrismaSchema(
                hash,
                definition,
                schemaName,
                shared.plans(),
                () -> new SchemaCompiler(
                        definition,
                        schemaName,
                        new QueryCompiler.Limits(QueryCompiler.Limits.DEFAULT.memoryMiB(), limits.compileTime()),
                        shared.slots(),
                        shared.memory().open(database, MemoryBudget.SHARED)));
    }

    private static SchemaDefinition definition(String text) {
        try {
            return SchemaDefinition.of(text);
        } catch (SchemaException e) {
            throw SchemaCompiler.invalid(e);
        }
    }

    private @Nullable Known known(String hash) {
        synchronized (known) {
            return known.get(hash);
        }
    }

    private @Nullable String read(String hash) {
        try {
            String text = store.read(hash);
            if (text != null && !hash.equals(hashOf(Base64.getEncoder().encode(text.getBytes(UTF_8))))) {
                LOG.warn(
                        "Deleting the damaged Prisma schema {} that was stored for database {}; clients will"
                                + " upload it again",
                        hash,
                        database);
                store.delete(hash);
                return null;
            }
            return text;
        } catch (SchemaStoreException e) {
            warn(e);
            return null;
        }
    }

    /**
     * Checks and stores a schema from a client.
     *
     * @param hash the client's name for the schema
     * @param base64 the text of the schema in base64
     * @throws ApiError P6000 if the hash is not that of the body, or the text is not a valid schema for PostgreSQL;
     *     P6005 if the schema is too large
     * @throws SchemaStartingException if the request reaches its time limit before the compiler has read the schema
     * @throws MemoryExhaustedException if there is not enough memory
     */
    public void upload(String hash, byte[] base64, Cancellation cancellation) {
        String text = verified(hash, base64);
        // Many clients may upload a new schema at the same time. All get the same object and wait for its compiler.
        PrismaSchema found = find(hash);
        PrismaSchema uploaded = found == null ? keep(schema(hash, text)) : found;
        if (uploaded.isAccepted()) {
            return;
        }
        try {
            uploaded.check(cancellation);
        } catch (ApiError e) {
            forget(uploaded);
            throw e;
        }
        try {
            store.write(hash, text);
            storeFails = false;
            dropSurplus();
        } catch (SchemaStoreException e) {
            warn(e);
        }
    }

    private String verified(String hash, byte[] base64) {
        if (!HASH.matcher(hash).matches()) {
            throw ApiError.badRequest(
                    "Invalid schema hash: it must be the SHA-256 of the body, as 64 lower-case hex digits");
        }
        // Four characters of base64 encode three bytes.
        if (base64.length > (limits.bytes() + 2) / 3 * 4) {
            throw ApiError.of(
                    413,
                    "P6005",
                    "The Prisma schema is larger than the limit of %d bytes (schemas.max_bytes)"
                            .formatted(limits.bytes()));
        }
        if (!hash.equals(hashOf(base64))) {
            throw ApiError.badRequest("Invalid schema hash: it is not the SHA-256 of the body");
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            String text = new String(bytes, UTF_8);
            if (Arrays.equals(Base64.getEncoder().encode(text.getBytes(UTF_8)), base64)) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // Invalid base64 gets the same error as text that is not UTF-8.
        }
        throw ApiError.badRequest("Invalid schema: the body must be a base64-encoded Prisma schema in UTF-8");
    }

    private static String hashOf(byte[] base64) {
        return HexFormat.of().formatHex(Sha256.of(base64));
    }

    /** Adds a schema. If several requests add the same schema at the same time, all get the first object. */
    private PrismaSchema keep(PrismaSchema schema) {
        List<PrismaSchema> dropped = new ArrayList<>();
        try {
            synchronized (known) {
                Known before = known.putIfAbsent(
                        schema.hash(), new Known(schema, shared.clock().instant()));
                if (before != null) {
                    return before.schema;
                }
                while (known.size() > 1 && (known.size() > limits.count() || knownBytes() > mostKnownBytes())) {
                    dropped.add(dropEldest());
                }
                while (!countKnown()) {
                    dropped.add(dropEldest());
                }
            }
        } finally {
            dropped.forEach(PrismaSchema::closeCompiler);
        }
        return schema;
    }

    /**
     * Counts the memory of the loaded schemas; returns false if there is not enough.
     *
     * @throws MemoryExhaustedException if there is not even enough for the last one, which is then removed
     */
    private boolean countKnown() {
        try {
            knownMemory.set(MemoryUse.SCHEMAS, knownBytes());
            return true;
        } catch (MemoryExhaustedException e) {
            if (known.size() == 1) {
                known.clear();
                knownMemory.close();
                throw e;
            }
            return false;
        }
    }

    private long knownBytes() {
        return known.values().stream().mapToLong(each -> each.bytes).sum();
    }

    /** An eighth of the budget, so that unused schemas leave most of it to requests. */
    private long mostKnownBytes() {
        return shared.memory().limitBytes() / 8;
    }

    private PrismaSchema dropEldest() {
        return known.pollFirstEntry().getValue().schema;
    }

    private void forget(PrismaSchema schema) {
        synchronized (known) {
            known.remove(schema.hash());
            knownMemory.set(MemoryUse.SCHEMAS, knownBytes());
        }
        schema.closeCompiler();
    }

    /** Deletes schemas above the limit from the store, oldest first, but not those that are loaded. */
    private void dropSurplus() {
        Set<String> loaded;
        synchronized (known) {
            loaded = Set.copyOf(known.keySet());
        }
        List<SchemaStore.Kept> kept = store.list();
        int surplus = kept.size() - limits.count();
        for (SchemaStore.Kept candidate : kept) {
            if (surplus > 0 && !loaded.contains(candidate.hash())) {
                store.delete(candidate.hash());
                surplus--;
            }
        }
    }

    private void warn(SchemaStoreException e) {
        if (!storeFails) {
            LOG.warn(
                    "Cannot access the stored Prisma schemas of database {}; clients may have to upload them again: {}",
                    database,
                    e.getMessage());
        }
        storeFails = true;
    }

    /** Returns the schemas that are loaded or stored, in no particular order. */
    public List<Listed> list() {
        Map<String, Listed> all = new LinkedHashMap<>();
        try {
            store.list()
                    .forEach(kept -> all.put(kept.hash(), new Listed(kept.hash(), kept.bytes(), kept.since(), null)));
        } catch (SchemaStoreException e) {
            warn(e);
        }
        synchronized (known) {
            known.forEach((hash, schema) -> {
                Listed kept = all.get(hash);
                all.put(
                        hash,
                        new Listed(
                                hash,
                                schema.schema.text().getBytes(UTF_8).length,
                                kept == null ? schema.since : kept.uploaded(),
                                schema.lastUsed));
            });
        }
        return List.copyOf(all.values());
    }

    /** Whether a schema is stored from before the start, so that its clients may send requests at any time. */
    boolean expectsClients() {
        try {
            return !store.list().isEmpty();
        } catch (SchemaStoreException e) {
            return false;
        }
    }
}
