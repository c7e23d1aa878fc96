package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.hasten.config.Secret;
import dev.hasten.config.ServerConfig;
import dev.hasten.files.FileErrors;
import dev.hasten.files.PrivateFiles;
import dev.hasten.http.HttpServerException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The token of the admin API: either the configured one, or one that is generated on the first start and stored in
 * {@code <state_dir>/admin-token}, readable only by its owner.
 */
public final class AdminToken {
    /** Lets secret scanners find a leaked token and distinguishes it from an API key. */
    private static final String PREFIX = "hasten_admin_";

    private static final int RANDOM_BYTES = 24;
    /** Operators may write a token of their own into the file. */
    private static final Pattern TOKEN = Pattern.compile("[!-~]{16,}");

    private static final String SCHEME = "Bearer ";

    private final byte[] token;
    private final @Nullable Path file;

    private AdminToken(String token, @Nullable Path file) {
        this.token = token.getBytes(UTF_8);
        this.file = file;
    }

    /**
     * The token of a configuration. Creates the file if it does not exist.
     *
     * @param configured {@code admin_token}; null if it is unset
     * @param stateDir the directory of the generated token
     * @throws HttpServerException if the file cannot be read or written, or contains no token; the message contains
     *     its path
     */
    public static AdminToken of(@Nullable Secret configured, Path stateDir) {
        Path file = fileOf(stateDir);
        try {
            AdminToken known = find(configured, file);
            return known != null ? known : new AdminToken(create(file), file);
        } catch (IOException e) {
            throw new HttpServerException(
                    "The admin token in " + file + " cannot be read or created: " + FileErrors.reason(e), e);
        }
    }

    /**
     * The token that a server with this configuration uses; null if none has been generated yet.
     *
     * @throws IOException if the file cannot be read or contains no token
     */
    public static @Nullable AdminToken find(ServerConfig config) throws IOException {
        return find(config.adminToken(), fileOf(config.stateDir()));
    }

    private static @Nullable AdminToken find(@Nullable Secret configured, Path file) throws IOException {
        if (configured != null) {
            return new AdminToken(configured.value(), null);
        }
        return Files.exists(file) ? new AdminToken(read(file), file) : null;
    }

    /** The file for the generated token, which is used if none is configured. */
    public static Path fileOf(Path stateDir) {
        return stateDir.toAbsolutePath().resolve("admin-token");
    }

    private static String read(Path file) throws IOException {
        // Reading a pipe might never end.
        if (!Files.isRegularFile(file)) {
            throw new IOException("it is not a regular file");
        }
        String token = Files.readString(file).strip();
        if (!TOKEN.matcher(token).matches()) {
            throw new IOException("it contains no valid token; delete it and restart the server to generate a new one");
        }
        return token;
    }

    private static String create(Path file) throws IOException {
        String token = random();
        PrivateFiles.createDirectories(requireNonNull(file.getParent()));
        try {
            PrivateFiles.create(file, (token + "\n").getBytes(US_ASCII));
            return token;
        } catch (FileAlreadyExistsException e) {
            // Another server with the same directory created the file first; use its token.
            return read(file);
        }
    }

    /** The value of the {@code Authorization} header for requests to the API. */
    public String authorization() {
        return SCHEME + new String(token, UTF_8);
    }

    /** The file that contains the token; null if the token is configured. */
    public @Nullable Path file() {
        return file;
    }

    /** Whether a text is this token. Takes a time that depends only on the text. */
    boolean is(String given) {
        return MessageDigest.isEqual(token, given.getBytes(UTF_8));
    }

    /** The token itself. */
    String text() {
        return new String(token, UTF_8);
    }

    /**
     * Generates a new token and replaces the file.
     *
     * @throws HttpServerException if the file cannot be written
     */
    static AdminToken replace(Path stateDir) {
        Path file = fileOf(stateDir);
        String token = random();
        try {
            PrivateFiles.createDirectories(requireNonNull(file.getParent()));
            PrivateFiles.replace(file, (token + "\n").getBytes(US_ASCII));
            return new AdminToken(token, file);
        } catch (IOException e) {
            throw new HttpServerException(
                    "The admin token in " + file + " cannot be replaced: " + FileErrors.reason(e), e);
        }
    }

    private static String random() {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        return PREFIX + HexFormat.of().formatHex(random);
    }

    @Override
    public String toString() {
        return "AdminToken[" + Secret.MASK + "]";
    }
}
