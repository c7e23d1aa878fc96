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
 * Selects the PostgreSQL version of the embedded server. The class path contains the newest supported version. The jar
 * of the oldest one has an entry of the same name, so it cannot also be on the class path and is read from a file.
 *
 * <p>System properties: {@code hasten.test.postgres} is the requested major version (unset for the newest), and
 * {@code hasten.test.postgres.binaries} the jar with its binaries.
 */
final class OldestPostgres implements PgBinaryResolver {
    /** The jar of each platform has one such entry, with the platform in its name. */
    private static final String SUFFIX = ".txz";

    private final Path jar;

    private OldestPostgres(Path jar) {
        this.jar = jar;
    }

    /** Returns the binaries to use instead of those on the class path; null to use the class path. */
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
            ZipEntry entry = zip.stream()
                    .filter(each -> each.getName().endsWith(SUFFIX))
                    .findFirst()
                    .orElseThrow(() -> new IOException(jar + " has no entry *" + SUFFIX));
            return new ByteArrayInputStream(zip.getInputStream(entry).readAllBytes());
        }
    }
}
