package dev.hasten.testing;

import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Which PostgreSQL the embedded server runs. The class path holds the newest supported version; the jar of the oldest one
 * cannot stand beside it, because both have the same entry, so that one is read from a file.
 *
 * <p>System properties: {@code hasten.test.postgres} is the wanted major version (none for the newest), and
 * {@code hasten.test.postgres.binaries} the jar with the binaries of it.
 */
final class OldestPostgres implements PgBinaryResolver {
    private static final String ENTRY = "postgres-linux-x86_64.txz";

    private final Path jar;

    private OldestPostgres(Path jar) {
        this.jar = jar;
    }

    /** The binaries to use in place of those on the class path; null for those. */
    static @Nullable PgBinaryResolver wanted() {
        if (System.getProperty("hasten.test.postgres", "").isEmpty()) {
            return null;
        }
        String jar = System.getProperty("hasten.test.postgres.binaries");
        if (jar == null) {
            throw new IllegalStateException("hasten.test.postgres needs hasten.test.postgres.binaries, the jar to use");
        }
        return new OldestPostgres(Path.of(jar));
    }

    @Override
    public InputStream getPgBinary(String system, String machineHardware) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry(ENTRY);
            if (entry == null) {
                throw new IOException(jar + " has no " + ENTRY);
            }
            return new ByteArrayInputStream(zip.getInputStream(entry).readAllBytes());
        }
    }
}
