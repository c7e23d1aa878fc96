package dev.hasten.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.auth.KeyMeter.Usage;
import dev.hasten.files.FileErrors;
import dev.hasten.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The meters of all API keys. Their use is written to a file every ten seconds, so that quotas survive a restart; after a
 * crash, up to ten seconds are missing. Thread-safe.
 */
public final class KeyMeters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyMeters.class);
    private static final Duration WRITE_INTERVAL = Duration.ofSeconds(10);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<Id, KeyMeter> meters = new ConcurrentHashMap<>();
    private final Path file;
    private final Supplier<Collection<ApiKey>> keys;
    private final Clock clock;
    private final Listener listener;
    private final CountDownLatch closed = new CountDownLatch(1);
    private List<Entry> written = List.of();
    private boolean failing;

    private final Map<Id, ApiKey> used = new ConcurrentHashMap<>();

    private record Id(String database, String key) {}

    /** Is notified when a key is used for the first time, and when a key was removed. */
    public interface Listener {
        /** Ignores everything. */
        Listener NONE = new Listener() {
            @Override
            public void opened(ApiKey key, KeyMeter meter) {}

            @Override
            public void removed(ApiKey key) {}
        };

        /** A key is used for the first time. */
        void opened(ApiKey key, KeyMeter meter);

        /** A key does not exist any more. */
        void removed(ApiKey key);
    }

    /** The use of a key in the file. */
    private record Entry(
            String database,
            String id,
            @Nullable String lastUsed,
            String day,
            long requestsToday,
            long bytesToday,
            String month,
            long requestsThisMonth,
            long bytesThisMonth) {}

    private record Content(int version, List<Entry> keys) {}

    /**
     * Reads the file, which need not exist. An unreadable file is reported and replaced: the use of keys must not prevent a
     * start.
     *
     * @param keys the existing keys; the use of others is not kept
     * @param listener is notified when a key is used for the first time, and when a key was removed
     */
    public KeyMeters(Path file, Supplier<Collection<ApiKey>> keys, Clock clock, Listener listener) {
        this.file = file.toAbsolutePath();
        this.keys = keys;
        this.clock = clock;
        this.listener = listener;
        read();
        Thread.ofVirtual().name("hasten-key-usage").start(this::writeRegularly);
    }

    /** The meter of a key. */
    public KeyMeter of(ApiKey key) {
        Id id = new Id(key.database(), key.id());
        KeyMeter known = meters.get(id);
        return known != null ? known : meters.computeIfAbsent(id, _ -> opened(key));
    }

    /** The meter of a key; null if the key was never used. */
    public @Nullable KeyMeter find(ApiKey key) {
        return meters.get(new Id(key.database(), key.id()));
    }

    private KeyMeter opened(ApiKey key) {
        KeyMeter meter = new KeyMeter(clock.instant());
        used.put(new Id(key.database(), key.id()), key);
        listener.opened(key, meter);
        return meter;
    }

    private void read() {
        try {
            Content content = JSON.readValue(Files.readString(file), Content.class);
            Map<Id, Entry> entries = new HashMap<>();
            content.keys().forEach(entry -> entries.put(new Id(entry.database(), entry.id()), entry));
            for (ApiKey key : keys.get()) {
                Entry entry = entries.get(new Id(key.database(), key.id()));
                if (entry != null) {
                    of(key).restore(usage(entry), clock.instant());
                }
            }
        } catch (NoSuchFileException e) {
            // The first start.
        } catch (IOException e) {
            LOG.warn("the use of API keys cannot be read from {}: {}", file, FileErrors.reason(e));
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            LOG.warn("{} is not valid, so the use of API keys is counted from 0", file);
        } catch (DateTimeException e) {
            LOG.warn("{} has an invalid date, so the use of API keys is counted from 0", file);
        }
    }

    private static Usage usage(Entry entry) {
        return new Usage(
                entry.lastUsed() == null ? null : Instant.parse(entry.lastUsed()),
                LocalDate.parse(entry.day()),
                entry.requestsToday(),
                entry.bytesToday(),
                YearMonth.parse(entry.month()),
                entry.requestsThisMonth(),
                entry.bytesThisMonth(),
                0,
                0);
    }

    private void writeRegularly() {
        try {
            while (!closed.await(WRITE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                write();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void write() {
        List<Entry> entries = new ArrayList<>();
        // In this order: a key that is created and used meanwhile is not in the copy, and is not forgotten.
        Map<Id, ApiKey> known = Map.copyOf(used);
        Collection<ApiKey> existing = keys.get();
        forgetOthers(known, existing);
        for (ApiKey key : existing) {
            KeyMeter meter = meters.get(new Id(key.database(), key.id()));
            if (meter != null) {
                Usage usage = meter.usage(clock.instant());
                entries.add(new Entry(
                        key.database(),
                        key.id(),
                        Objects.toString(usage.lastUsed(), null),
                        usage.day().toString(),
                        usage.requestsToday(),
                        usage.bytesToday(),
                        usage.month().toString(),
                        usage.requestsThisMonth(),
                        usage.bytesThisMonth()));
            }
        }
        if (entries.equals(written)) {
            return;
        }
        try {
            PrivateFiles.createDirectories(Objects.requireNonNull(file.getParent()));
            PrivateFiles.replace(
                    file, JSON.writeValueAsString(new Content(1, entries)).getBytes(UTF_8));
            written = entries;
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("the use of API keys cannot be written to {}: {}", file, FileErrors.reason(e));
            }
            failing = true;
        }
    }

    private void forgetOthers(Map<Id, ApiKey> known, Collection<ApiKey> existing) {
        Set<Id> ids = new HashSet<>();
        existing.forEach(key -> ids.add(new Id(key.database(), key.id())));
        known.forEach((id, key) -> {
            if (!ids.contains(id)) {
                meters.remove(id);
                used.remove(id);
                listener.removed(key);
            }
        });
    }

    /** Writes the file for the last time. */
    @Override
    public void close() {
        closed.countDown();
        write();
    }
}
