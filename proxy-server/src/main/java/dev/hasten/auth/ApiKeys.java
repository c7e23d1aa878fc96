package dev.hasten.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.config.ApiKeyConfig;
import dev.hasten.config.KeyLimits;
import dev.hasten.config.KeyScope;
import dev.hasten.protocol.ApiError;
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
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All API keys of this server, from the configuration and the key file. Thread-safe.
 *
 * <p>Requests read one immutable {@link Keyring} and never block. The file is checked twice a second, so that a key
 * created or revoked by another process takes effect within about a second.
 */
public final class ApiKeys implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);
    private static final String SCHEME = "Bearer";
    private static final String CONFIGURED = "config:";

    private final Set<String> databases;
    private volatile List<StoredKey> configured;
    private final @Nullable Stored stored;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Held from reading the file until its keys are active, so that an older read cannot overwrite a newer one. */
    private final ReentrantLock changing = new ReentrantLock();

    private volatile Keyring keyring;
    private volatile Consumer<KeyChange> onChange = _ -> {};

    /** The key file and its last known content; guarded by {@link #changing}. */
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
     * Reads the file and starts watching it.
     *
     * @param configured the keys in the configuration, by database; contains every database of this server, even those
     *     without keys
     * @param file the key file, which need not exist; null if all keys are in the configuration
     * @param clock the clock for the expiry of keys
     * @throws KeyFileException if the file cannot be read or is malformed; a server must not start with part of its
     *     keys missing
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
     * Returns the key of a request. Cheap enough for an event loop: one SHA-256 and one lookup, and it never blocks.
     *
     * @param header the value of the {@code Authorization} header as returned by Netty, one char per byte; null if
     *     there is none
     * @throws ApiError 401 if there is no bearer token, or if the token does not belong to a currently valid key for a
     *     database of this server; the text is always the same
     */
    public ApiKey authenticate(@Nullable String header) {
        return authenticateToken(header == null ? "" : bearerToken(header));
    }

    /**
     * Returns the key for a token from a source other than a header, such as the password of a connection string.
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
     * Whether a key that was valid earlier is still valid: it has not been revoked, changed or expired since.
     *
     * @param key a key returned by {@link #authenticate}
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
        ApiKey key = keys.find(TokenDigest.of(bytes), clock);
        if (key == null && bytes.length != token.length()) {
            // Browsers send a non-ASCII secret as Latin-1, curl sends it as UTF-8.
            key = keys.find(TokenDigest.of(token.getBytes(ISO_8859_1)), clock);
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

    /**
     * Every key, including those that are expired or for an unknown database: first those in the configuration, then
     * those in the file.
     */
    public List<ApiKey> list() {
        return keyring.all();
    }

    /**
     * Creates a key, writes it to the file and activates it. Performs I/O.
     *
     * @param name see {@link ApiKey}; need not be unique
     * @param database a database of this server
     * @param scopes what the key may do; at least one
     * @param expires null means it never expires
     * @param limits how much its requests may use
     * @return the key with its token, which cannot be retrieved later
     * @throws IllegalArgumentException if the name is invalid, the database is unknown, {@code scopes} is empty, or the
     *     expiry is not in the future
     * @throws IllegalStateException if there is no key file
     * @throws KeyFileException if the file cannot be read or written
     */
    public CreatedKey create(
            String name, String database, Set<KeyScope> scopes, @Nullable Instant expires, KeyLimits limits) {
        ApiKey.checkName(name);
        Set<KeyScope> allowed = KeyScope.copyOf(scopes);
        if (!databases.contains(database)) {
            throw new IllegalArgumentException(
                    "unknown database " + database + "; known databases: " + String.join(", ", databases));
        }
        Instant now = clock.instant();
        if (expires != null && !expires.isAfter(now)) {
            throw new IllegalArgumentException("the expiry " + expires + " is not in the future; use a later time");
        }
        if (stored == null) {
            throw new IllegalStateException("cannot create a key: there is no key file");
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
                    limits,
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

    /** As above, without limits. */
    public CreatedKey create(String name, String database, Set<KeyScope> scopes, @Nullable Instant expires) {
        return create(name, database, scopes, expires, KeyLimits.NONE);
    }

    /**
     * Replaces the token of a key in the file. The key keeps its id, limits and use. Performs I/O.
     *
     * @param overlap how long the current token is still accepted; 0 rejects all earlier tokens at once
     * @return the key with its new token; null if no key has this id
     * @throws IllegalArgumentException if the key is in the configuration
     * @throws KeyFileException if the file cannot be read or written
     */
    public @Nullable CreatedKey rotate(String id, Duration overlap) {
        requireStored(id);
        if (stored == null || stored.file.read().stream().noneMatch(has(id))) {
            return null;
        }
        changing.lock();
        try (KeyFile.Edit edit = stored.file.edit()) {
            List<StoredKey> keys = new ArrayList<>(edit.keys());
            int at = IntStream.range(0, keys.size())
                    .filter(i -> keys.get(i).key().id().equals(id))
                    .findFirst()
                    .orElse(-1);
            if (at < 0) {
                return null;
            }
            StoredKey old = keys.get(at);
            KeyToken token = KeyToken.random(random).withId(id);
            Instant now = clock.instant();
            List<StoredKey.Previous> previous = new ArrayList<>();
            if (!overlap.isZero()) {
                previous.add(
                        new StoredKey.Previous(old.digest(), now.plus(overlap).truncatedTo(ChronoUnit.SECONDS)));
                old.previous().stream()
                        .filter(earlier -> earlier.until().isAfter(now))
                        .limit(StoredKey.MOST_PREVIOUS - 1L)
                        .forEach(previous::add);
            }
            keys.set(at, new StoredKey(old.key(), TokenDigest.of(token.text().getBytes(UTF_8)), previous));
            edit.write(keys);
            putOwnInForce(stored, keys);
            return new CreatedKey(old.key(), token.text());
        } finally {
            changing.unlock();
        }
    }

    /** When the last earlier token of a rotated key expires; null if no earlier token is accepted. */
    public @Nullable Instant previousTokenUntil(ApiKey key) {
        Instant until = keyring.previousTokenUntil(key);
        return until != null && clock.instant().isBefore(until) ? until : null;
    }

    /** Replaces the configured keys. The databases stay the same. */
    public void reconfigure(Map<String, List<ApiKeyConfig>> keys) {
        changing.lock();
        try {
            List<StoredKey> before = configured;
            List<StoredKey> after = stored(keys);
            configured = after;
            keyring = new Keyring(after, stored == null ? List.of() : stored.keys, databases);
            report(before, after, KeyChange.CONFIGURATION);
        } finally {
            changing.unlock();
        }
    }

    /** Sets the listener for created, revoked and rotated keys, including changes by other processes. */
    public void onChange(Consumer<KeyChange> listener) {
        onChange = listener;
    }

    private void requireStored(String id) {
        if (configured.stream().anyMatch(has(id))) {
            throw new IllegalArgumentException("the key " + id + " is in the configuration;"
                    + " change it there and reload the configuration or restart the server");
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
     * Removes a key from the file. The key is rejected as soon as this method returns. Performs I/O.
     *
     * @return false if no key has this id
     * @throws IllegalArgumentException if the key is in the configuration
     * @throws KeyFileException if the file cannot be read or written
     */
    public boolean revoke(String id) {
        requireStored(id);
        // Checked before locking, because locking creates a lock file.
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
                LOG.warn("{}. Previously loaded keys remain active until the file is fixed.", problem);
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
            LOG.info("loaded {} API keys from {}", keys.size(), stored.file.path());
        }
        putInForce(stored, keys, KeyChange.KEY_FILE);
    }

    private void putOwnInForce(Stored stored, List<StoredKey> keys) {
        // The watcher has not recorded the attributes of this content, so it might not detect the next change.
        stored.changes.askAgain();
        putInForce(stored, keys, KeyChange.THIS_SERVER);
    }

    private void putInForce(Stored stored, List<StoredKey> keys, String by) {
        List<StoredKey> before = stored.keys;
        stored.keys = List.copyOf(keys);
        keyring = new Keyring(configured, stored.keys, databases);
        report(before, stored.keys, by);
    }

    private void report(List<StoredKey> before, List<StoredKey> after, String by) {
        Consumer<KeyChange> listener = onChange;
        KeyChange.between(before, after, by).forEach(listener);
    }

    private static List<StoredKey> stored(Map<String, List<ApiKeyConfig>> configured) {
        List<StoredKey> keys = new ArrayList<>();
        Set<TokenDigest> digests = new HashSet<>();
        configured.forEach((database, list) -> list.forEach(key -> {
            TokenDigest digest = TokenDigest.parse(key.sha256());
            if (!digests.add(digest)) {
                throw new IllegalArgumentException("the API key " + key.name() + " of database " + database
                        + " has the same secret as another API key");
            }
            ApiKey known = new ApiKey(
                    CONFIGURED + key.name(),
                    key.name(),
                    database,
                    key.scopes(),
                    null,
                    key.expires(),
                    key.limits(),
                    ApiKey.Source.CONFIG);
            keys.add(new StoredKey(known, digest));
        }));
        return List.copyOf(keys);
    }

    /** Stops watching the file. The current keys remain active. */
    @Override
    public void close() {
        closed.countDown();
    }
}
