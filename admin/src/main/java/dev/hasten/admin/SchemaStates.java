package dev.hasten.admin;

import dev.hasten.admission.Database;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.schema.PrismaSchemas.Listed;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The uploaded Prisma schemas. */
final class SchemaStates {
    private final Collection<Database> databases;

    /** {@code GET /schemas}. */
    record AllSchemas(List<DatabaseSchemas> databases) {}

    /** The schemas of one database, most recently used first. */
    record DatabaseSchemas(String database, List<Schema> schemas) {}

    /**
     * One schema.
     *
     * @param hash the hash that clients use to refer to the schema
     * @param bytes size of its text
     * @param lastUsed null if no client has used it since the server started
     */
    record Schema(
            String hash,
            long bytes,
            Instant uploaded,
            @Nullable Instant lastUsed) {}

    SchemaStates(Collection<Database> databases) {
        this.databases = databases;
    }

    Response schemas(Exchange exchange) {
        return AdminJson.response(200, schemas());
    }

    private AllSchemas schemas() {
        return new AllSchemas(databases.stream()
                .map(database -> new DatabaseSchemas(
                        database.name(),
                        database.schemas().list().stream()
                                .sorted(Comparator.comparing(SchemaStates::lastSeen)
                                        .reversed())
                                .map(SchemaStates::schema)
                                .toList()))
                .toList());
    }

    private static Instant lastSeen(Listed schema) {
        return schema.lastUsed() == null ? schema.uploaded() : schema.lastUsed();
    }

    private static Schema schema(Listed schema) {
        return new Schema(schema.hash(), schema.bytes(), schema.uploaded(), schema.lastUsed());
    }
}
