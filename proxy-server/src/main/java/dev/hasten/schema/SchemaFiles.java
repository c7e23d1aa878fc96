package dev.hasten.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.files.PrivateFiles;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Stores schemas as files in a directory, which is created with the first one. */
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
            // Usually, the directory does not exist yet.
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
            // The file is damaged. It is replaced when a client uploads the schema.
            return null;
        } catch (IOException e) {
            throw new SchemaStoreException("Cannot read the file of schema " + hash, e);
        }
    }

    @Override
    public void write(String hash, String text) {
        try {
            PrivateFiles.createDirectories(directory);
            PrivateFiles.replace(file(hash), text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new SchemaStoreException("Cannot write the file of schema " + hash, e);
        }
    }

    @Override
    public void delete(String hash) {
        try {
            Files.deleteIfExists(file(hash));
        } catch (IOException e) {
            throw new SchemaStoreException("Cannot delete the file of schema " + hash, e);
        }
    }

    private Path file(String hash) {
        return directory.resolve(hash + SUFFIX);
    }
}
