package dev.hasten.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.compiler.QueryCompiler;
import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.Sha256;
import dev.hasten.schema.SchemaStore.SchemaStoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Prisma schemas of one database: clients without an engine upload theirs once and name it by its hash from then on.
 * Only so many are kept; the one that was not used for the longest goes first, and its clients upload it again when they
 * are told that it is missing.
 */
public final class PrismaSchemas {
    private static final Logger LOG = LoggerFactory.getLogger(PrismaSchemas.class);
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final String database;
    private final Limits limits;
    private final @Nullable String schemaName;
    private final SchemaStore store;
    private final CompiledPlans plans;
    private final CompilerSlots slots;
    private final MemoryBudget memory;
    private final Clock clock;

    /** In the order of use, the latest last. Guarded by itself, and never locked for long. */
    private final LinkedHashMap<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);
    /** Memory of all known schemas without their compilers. Guarded by {@link #known}. */
    private final Reservation knownMemory;

    private volatile boolean storeFails;

    /**
     * How much clients may upload.
     *
     * @param count schemas, 1 or more
     * @param bytes of the text of one, 1 or more
     * @param compileTime how long the compiler may compute to read one, or to compile a query; CPU time
     */
    public record Limits(int count, long bytes, Duration compileTime) {}

    /**
     * A schema for operators.
     *
     * @param bytes of its text
     * @param lastUsed null when it was not since the server started
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
            String database,
            Limits limits,
            @Nullable String schemaName,
            SchemaStore store,
            CompiledPlans plans,
            CompilerSlots slots,
            MemoryBudget memory,
            Clock clock) {
        this.database = database;
        this.limits = limits;
        this.schemaName = schemaName;
        this.store = store;
        this.plans = plans;
        this.slots = slots;
        this.memory = memory;
        this.knownMemory = memory.open(database, MemoryBudget.SHARED);
        this.clock = clock;
    }

    /**
     * A schema by its hash; null when it must be uploaded first. May look into the store, so it may block.
     *
     * @throws MemoryExhaustedException when there is no room for it
     */
    public @Nullable PrismaSchema find(String hash) {
        Known found = known(hash);
        if (found != null) {
            found.lastUsed = clock.instant();
            return found.schema;
        }
        if (!HASH.matcher(hash).matches()) {
            return null;
        }
        String text = read(hash);
        return text == null ? null : keep(schema(hash, text));
    }

    private PrismaSchema schema(String hash, String text) {
        return new PrismaSchema(
                hash,
                text,
                schemaName,
                plans,
                () -> new SchemaCompiler(
                        text,
                        schemaName,
                        new QueryCompiler.Limits(QueryCompiler.Limits.DEFAULT.memoryMiB(), limits.compileTime()),
                        slots,
                        memory.open(database, MemoryBudget.SHARED)));
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
                LOG.warn("the kept schema {} of database {} is damaged; its clients upload it again", hash, database);
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
     * Takes a schema from a client.
     *
     * @param hash what the client calls it
     * @param base64 its text
     * @throws ApiError P6000 when the hash is not that of the body, or the text is no schema for PostgreSQL; P6005 when it
     *     is too large
     * @throws SchemaStartingException when the time of the request is over before the compiler has read it
     * @throws MemoryExhaustedException when there is no room for it
     */
    public void upload(String hash, byte[] base64, Cancellation cancellation) {
        String text = verified(hash, base64);
        // Many clients upload a new schema at the same time: all find the same object and wait for its compiler.
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
        // Four characters of base64 are three bytes.
        if (base64.length > (limits.bytes() + 2) / 3 * 4) {
            throw ApiError.of(
                    413,
                    "P6005",
                    "The Prisma schema is larger than the limit of %d bytes (schemas.bytes)".formatted(limits.bytes()));
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
            // The same as for text that does not come out as it went in.
        }
        throw ApiError.badRequest("Invalid schema: the body must be the base64 of a Prisma schema in UTF-8");
    }

    private static String hashOf(byte[] base64) {
        return HexFormat.of().formatHex(Sha256.of(base64));
    }

    /** Of several that come with the same schema at the same time, all get the first. */
    private PrismaSchema keep(PrismaSchema schema) {
        List<PrismaSchema> dropped = new ArrayList<>();
        try {
            synchronized (known) {
                Known before = known.putIfAbsent(schema.hash(), new Known(schema, clock.instant()));
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

    /** @throws MemoryExhaustedException when there is no room for the last one either; none is known then */
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
        return memory.limitBytes() / 8;
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

    /** In the store, those that were used since the server started outlive the others. */
    private void dropSurplus() {
        List<SchemaStore.Kept> kept = store.list();
        int surplus = kept.size() - limits.count();
        for (SchemaStore.Kept candidate : kept) {
            if (surplus > 0 && known(candidate.hash()) == null) {
                store.delete(candidate.hash());
                surplus--;
            }
        }
    }

    private void warn(SchemaStoreException e) {
        if (!storeFails) {
            LOG.warn("schemas of database {} are not kept over a restart: {}", database, e.getMessage());
        }
        storeFails = true;
    }

    /** The schemas that are known or kept, in no order that means anything. */
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

    /** Whether a schema is kept from before the start, so that its clients may come any moment. */
    boolean expectsClients() {
        try {
            return !store.list().isEmpty();
        } catch (SchemaStoreException e) {
            return false;
        }
    }
}
