package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.hasten.config.Secret;
import dev.hasten.config.ServerConfig;
import dev.hasten.http.HttpServerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one token of the admin API: the configured one, or one that the first start makes and keeps in
 * {@code <state_dir>/admin-token}, readable by its owner only.
 */
public final class AdminToken {
    /** Lets secret scanners find a leaked token, and people tell it from an API key. */
    private static final String PREFIX = "hasten_admin_";

    private static final int RANDOM_BYTES = 24;
    private static final String SCHEME = "Bearer ";
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final byte[] token;
    private final @Nullable Path file;

    private AdminToken(String token, @Nullable Path file) {
        this.token = token.getBytes(UTF_8);
        this.file = file;
    }

    /**
     * The token of this configuration; makes the file when there is none.
     *
     * @throws HttpServerException naming the file, when it cannot be read or written, or holds no token
     */
    public static AdminToken of(ServerConfig config) {
        try {
            AdminToken known = find(config);
            return known != null ? known : new AdminToken(create(fileOf(config)), fileOf(config));
        } catch (IOException e) {
            throw new HttpServerException("The admin token cannot be kept in " + fileOf(config) + " (" + e + ")", e);
        }
    }

    /**
     * The token of this configuration, as a server that runs with it knows it; null when there is none yet.
     *
     * @throws IOException when the file cannot be read, or holds no token
     */
    public static @Nullable AdminToken find(ServerConfig config) throws IOException {
        Secret configured = config.adminToken();
        if (configured != null) {
            return new AdminToken(configured.value(), null);
        }
        Path file = fileOf(config);
        return Files.exists(file) ? new AdminToken(read(file), file) : null;
    }

    /** Where the token is kept when none is configured. */
    public static Path fileOf(ServerConfig config) {
        return config.stateDir().toAbsolutePath().resolve("admin-token");
    }

    private static String read(Path file) throws IOException {
        String token = Files.readString(file).strip();
        if (token.length() < PREFIX.length() || !US_ASCII.newEncoder().canEncode(token)) {
            throw new IOException("it holds no token; remove it, and the next start makes a new one");
        }
        return token;
    }

    private static String create(Path file) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        String token = PREFIX + HexFormat.of().formatHex(random);
        Files.createDirectories(file.getParent());
        try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), OWNER_ONLY)) {
            ByteBuffer content = ByteBuffer.wrap((token + "\n").getBytes(US_ASCII));
            while (content.hasRemaining()) {
                channel.write(content);
            }
            return token;
        } catch (FileAlreadyExistsException e) {
            // Another server that starts on the same directory was faster: its token is the one.
            return read(file);
        }
    }

    /** The header that opens the API with it. */
    public String authorization() {
        return SCHEME + new String(token, UTF_8);
    }

    /** Where the token can be read; null when it is the configured one. */
    public @Nullable Path file() {
        return file;
    }

    /**
     * Whether a request may pass.
     *
     * @param authorization the header's value; null if there is none
     */
    boolean opens(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        // The time this takes depends on what was sent, never on the token.
        return MessageDigest.isEqual(
                token, authorization.substring(SCHEME.length()).strip().getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return "AdminToken[" + Secret.MASK + "]";
    }
}
