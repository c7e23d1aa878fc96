package dev.hasten.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps schemas as files of one directory, which exists from the first of them on. */
final class SchemaFiles implements SchemaStore {
    private static final String SUFFIX = ".prisma";

    private final Path directory;

    SchemaFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public List<Kept> list() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .map(SchemaFiles::kept)
                    .flatMap(Stream::ofNullable)
                    .sorted(Comparator.comparing(Kept::since))
                    .toList();
        } catch (IOException e) {
            // Without a directory there is nothing in it.
            return List.of();
        }
    }

    private static @Nullable Kept kept(Path file) {
        try {
            String name = file.getFileName().toString();
            return new Kept(
                    name.substring(0, name.length() - SUFFIX.length()),
                    Files.size(file),
                    Files.getLastModifiedTime(file).toInstant());
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public @Nullable String read(String hash) {
        try {
            return Files.readString(file(hash));
        } catch (NoSuchFileException e) {
            return null;
        } catch (MalformedInputException e) {
            // Damaged; written anew when a client brings it.
            return null;
        } catch (IOException e) {
            throw new SchemaStoreException("The schema " + hash + " cannot be read from its file", e);
        }
    }

    /** Half a file is never seen, and a crash leaves the old one or the new one. */
    @Override
    public void write(String hash, String text) {
        Path target = file(hash);
        try {
            Files.createDirectories(directory);
            Path written = Files.createTempFile(directory, hash, ".tmp");
            try {
                Files.writeString(written, text, UTF_8);
                Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw new SchemaStoreException("The schema " + hash + " cannot be written to a file", e);
        }
    }

    @Override
    public void delete(String hash) {
        try {
            Files.deleteIfExists(file(hash));
        } catch (IOException e) {
            throw new SchemaStoreException("The schema " + hash + " cannot be deleted", e);
        }
    }

    private Path file(String hash) {
        return directory.resolve(hash + SUFFIX);
    }
}
