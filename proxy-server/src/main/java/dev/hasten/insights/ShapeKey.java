package dev.hasten.insights;

import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the queries of a shape have in common. Not a record, because its hash is needed for every request. */
final class ShapeKey {
    private final String database;
    private final @Nullable String model;
    private final String operation;
    private final @Nullable String arguments;
    private final long fingerprint;
    private final boolean read;
    private final int hash;

    /**
     * @param model null for none
     * @param arguments what the query selects, without values: {@code Post.findMany:BASE64}; null if the client does not say it
     * @param fingerprint a hash of the plan or the statement
     * @param read whether a {@code cacheStrategy} is possible
     */
    ShapeKey(
            String database,
            @Nullable String model,
            String operation,
            @Nullable String arguments,
            long fingerprint,
            boolean read) {
        this.database = database;
        this.model = model;
        this.operation = operation;
        this.arguments = arguments;
        this.fingerprint = fingerprint;
        this.read = read;
        this.hash = Objects.hash(database, model, operation, arguments, fingerprint, read);
    }

    String database() {
        return database;
    }

    @Nullable
    String model() {
        return model;
    }

    String operation() {
        return operation;
    }

    @Nullable
    String arguments() {
        return arguments;
    }

    boolean read() {
        return read;
    }

    /** 16 hex digits. */
    String id() {
        long id = fingerprint;
        for (String part : new String[] {database, String.valueOf(model), operation, String.valueOf(arguments)}) {
            id = (id ^ part.hashCode()) * 0x9e3779b97f4a7c15L;
            id ^= id >>> 29;
        }
        return HexFormat.of().toHexDigits(id);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShapeKey key
                && hash == key.hash
                && fingerprint == key.fingerprint
                && read == key.read
                && database.equals(key.database)
                && operation.equals(key.operation)
                && Objects.equals(model, key.model)
                && Objects.equals(arguments, key.arguments);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
