package dev.hasten.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.config.ApiKeyConfig;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All API keys of this server, those of the configuration and those of the key file. Thread-safe.
 *
 * <p>Requests read one immutable {@link Keyring} and never wait. The file is looked at twice a second, so that a key
 * made or revoked by another process counts within about a second.
 */
public final class ApiKeys implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);
    private static final String SCHEME = "Bearer";
    private static final String CONFIGURED = "config:";

    private final Set<String> databases;
    private final List<StoredKey> configured;
    private final @Nullable Stored stored;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Held from a read of the file until its keys are in force, so that an older read cannot undo a newer one. */
    private final ReentrantLock changing = new ReentrantLock();

    private volatile Keyring keyring;

    /** The key file and what was last seen of it; guarded by {@link #changing}. */
    private static final class Stored {
        private final KeyFile file;
        private final FileChanges changes;
        private List<StoredKey> keys = List.of();
        private @Nullable String reported;

        Stored(Path path) {
            file = new KeyFile(path);
            changes = new FileChanges(file.path());
        }
    }

    /**
     * Reads the file and begins to watch it.
     *
     * @param configured the keys of the configuration by database; every database that this server knows is in here,
     *     if need be with no keys
     * @param file the key file, which need not exist; null if keys come from the configuration only
     * @param clock what keys expire by
     * @throws KeyFileException if the file cannot be read or is malformed: a server does not start without keys that
     *     it should have
     * @throws IllegalArgumentException if two configured keys have the same token
     */
    public ApiKeys(Map<String, List<ApiKeyConfig>> configured, @Nullable Path file, Clock clock) {
        this.databases = new TreeSet<>(configured.keySet());
        this.configured = stored(configured);
        this.clock = clock;
        this.stored = file == null ? null : new Stored(file);
        this.keyring = new Keyring(this.configured, List.of(), databases);
        if (stored != null) {
            load(stored);
            Thread.ofVirtual().name("hasten-key-file-watch").start(() -> watch(stored));
        }
    }

    /**
     * The key of a request. Cheap enough for an event loop: one SHA-256, one look-up, no waiting.
     *
     * @param header the value of {@code Authorization} as Netty gives it, one char per byte; null if there is none
     * @throws ApiError 401 if there is no bearer token, or none of a key that is valid now for a database of this
     *     server; always the same text
     */
    public ApiKey authenticate(@Nullable String header) {
        return authenticateToken(header == null ? "" : bearerToken(header));
    }

    /**
     * The key of a token that came some other way than in a header, such as the password of a connection string.
     *
     * @throws ApiError as {@link #authenticate}
     */
    public ApiKey authenticateToken(String token) {
        ApiKey key = find(token);
        if (key == null || (key.expires() != null && key.expired(clock.instant()))) {
            throw ApiError.unauthorized();
        }
        return key;
    }

    /**
     * Whether a key that was found valid a while ago still is: neither revoked nor changed nor expired since.
     *
     * @param key of {@link #authenticate}
     */
    public boolean isStillValid(ApiKey key) {
        return keyring.holds(key) && (key.expires() == null || !key.expired(clock.instant()));
    }

    private @Nullable ApiKey find(String token) {
        if (token.isEmpty()) {
            return null;
        }
        Keyring keys = keyring;
        byte[] bytes = token.getBytes(UTF_8);
        ApiKey key = keys.find(TokenDigest.of(bytes));
        if (key == null && bytes.length != token.length()) {
            // In a header, a configured secret outside of ASCII is Latin-1 from a browser and UTF-8 from curl.
            key = keys.find(TokenDigest.of(token.getBytes(ISO_8859_1)));
        }
        return key;
    }

    private static String bearerToken(String header) {
        int length = SCHEME.length();
        boolean bearer = header.length() > length
                && header.regionMatches(true, 0, SCHEME, 0, length)
                && (header.charAt(length) == ' ' || header.charAt(length) == '\t');
        return bearer ? header.substring(length).strip() : "";
    }

    /** Every key, those that are expired or for an unknown database too: first the configured, then the file's. */
    public List<ApiKey> list() {
        return keyring.all();
    }

    /**
     * Makes a key, puts it into the file and in force. Does I/O.
     *
     * @param name see {@link ApiKey}; need not be unique
     * @param database one of this server's
     * @param scopes what it may do; at least one
     * @param expires null for never
     * @return the key with its token, which is shown this once
     * @throws IllegalArgumentException if the name is invalid, the database unknown, there is no scope, or the
     *     expiry is not in the future
     * @throws IllegalStateException if there is no key file
     * @throws KeyFileException if the file cannot be read or written
     */
    public CreatedKey create(String name, String database, Set<Scope> scopes, @Nullable Instant expires) {
        ApiKey.checkName(name);
        Set<Scope> allowed = Scope.copyOf(scopes);
        if (!databases.contains(database)) {
            throw new IllegalArgumentException(
                    "there is no database " + database + "; known are " + String.join(", ", databases));
        }
        Instant now = clock.instant();
        if (expires != null && !expires.isAfter(now)) {
            throw new IllegalArgumentException("the expiry " + expires + " is not in the future");
        }
        if (stored == null) {
            throw new IllegalStateException("there is no key file to put the key into");
        }
        changing.lock();
        try (KeyFile.Edit edit = stored.file.edit()) {
            KeyToken token = newToken(edit.keys());
            ApiKey key = new ApiKey(
                    token.id(),
                    name,
                    database,
                    allowed,
                    now.truncatedTo(ChronoUnit.MILLIS),
                    expires,
                    ApiKey.Source.FILE);
            List<StoredKey> keys = new ArrayList<>(edit.keys());
            keys.add(new StoredKey(key, TokenDigest.of(token.text().getBytes(UTF_8))));
            edit.write(keys);
            putOwnInForce(stored, keys);
            return new CreatedKey(key, token.text());
        } finally {
            changing.unlock();
        }
    }

    private KeyToken newToken(List<StoredKey> keys) {
        while (true) {
            KeyToken token = KeyToken.random(random);
            if (keys.stream().noneMatch(has(token.id()))) {
                return token;
            }
        }
    }

    /**
     * Removes a key from the file; from the return on it is refused. Does I/O.
     *
     * @return false if there is no key with this id
     * @throws IllegalArgumentException if the key is one of the configuration
     * @throws KeyFileException if the file cannot be read or written
     */
    public boolean revoke(String id) {
        if (configured.stream().anyMatch(has(id))) {
            throw new IllegalArgumentException("the key " + id + " is in the configuration;"
                    + " remove it there and restart the server, or let it expire");
        }
        // Looked up before the lock is taken, which makes files.
        if (stored == null || stored.file.read().stream().noneMatch(has(id))) {
            return false;
        }
        changing.lock();
        try (KeyFile.Edit edit = stored.file.edit()) {
            List<StoredKey> keys = new ArrayList<>(edit.keys());
            boolean removed = keys.removeIf(has(id));
            if (removed) {
                edit.write(keys);
            }
            putOwnInForce(stored, keys);
            return removed;
        } finally {
            changing.unlock();
        }
    }

    private static Predicate<StoredKey> has(String id) {
        return key -> key.key().id().equals(id);
    }

    private void watch(Stored stored) {
        try {
            while (!closed.await(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                reload(stored);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void reload(Stored stored) {
        changing.lock();
        try {
            load(stored);
            stored.reported = null;
        } catch (RuntimeException e) {
            stored.changes.askAgain();
            String problem = String.valueOf(e.getMessage());
            if (!problem.equals(stored.reported)) {
                stored.reported = problem;
                LOG.warn("{}. The keys read before stay in force until this is mended.", problem);
            }
        } finally {
            changing.unlock();
        }
    }

    private void load(Stored stored) {
        try {
            if (!stored.changes.mayHaveChanged()) {
                return;
            }
        } catch (IOException e) {
            throw KeyFileException.reading(stored.file.path(), e);
        }
        List<StoredKey> keys = stored.file.read();
        if (!keys.equals(stored.keys)) {
            LOG.info("API keys from {}: {}", stored.file.path(), keys.size());
        }
        putInForce(stored, keys);
    }

    private void putOwnInForce(Stored stored, List<StoredKey> keys) {
        // The watcher has no trace of this content, and so could take what comes next for what it saw before.
        stored.changes.askAgain();
        putInForce(stored, keys);
    }

    private void putInForce(Stored stored, List<StoredKey> keys) {
        stored.keys = List.copyOf(keys);
        keyring = new Keyring(configured, stored.keys, databases);
    }

    private static List<StoredKey> stored(Map<String, List<ApiKeyConfig>> configured) {
        List<StoredKey> keys = new ArrayList<>();
        Set<TokenDigest> digests = new HashSet<>();
        configured.forEach((database, list) -> list.forEach(key -> {
            TokenDigest digest = TokenDigest.parse(key.sha256());
            if (!digests.add(digest)) {
                throw new IllegalArgumentException(
                        "the key " + key.name() + " of database " + database + " has the token of another key");
            }
            ApiKey known = new ApiKey(
                    CONFIGURED + key.name(),
                    key.name(),
                    database,
                    key.scopes(),
                    null,
                    key.expires(),
                    ApiKey.Source.CONFIG);
            keys.add(new StoredKey(known, digest));
        }));
        return List.copyOf(keys);
    }

    /** Stops watching the file. Keys stay in force as they are. */
    @Override
    public void close() {
        closed.countDown();
    }
}
