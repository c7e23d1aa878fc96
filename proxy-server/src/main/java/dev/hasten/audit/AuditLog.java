package dev.hasten.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.files.FileErrors;
import dev.hasten.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what was done to the server: one line of JSON for each event in a file, and the latest events in memory. Recording
 * never blocks: a thread of its own writes the file. Apps can invalidate the cache often, so the file is renamed when it is
 * large, and events are dropped and counted if the disk is too slow. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {
    /** How many events are kept in memory. */
    public static final int REMEMBERED = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final int QUEUE = 10_000;
    private static final int BATCH = 100;
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final @Nullable Path file;
    private final long maxBytes;
    private final InstantSource clock;
    private final Deque<AuditEvent> latest = new ArrayDeque<>();
    private final BlockingQueue<Line> queue = new ArrayBlockingQueue<>(QUEUE);
    private final @Nullable Thread writer;
    private long dropped;
    private boolean failing;

    /** A line to write; empty for the last one. */
    private record Line(String json) {
        static final Line LAST = new Line("");
    }

    /**
     * @param file null for no file
     * @param maxBytes size at which the file is renamed
     */
    public AuditLog(@Nullable Path file, long maxBytes, InstantSource clock) {
        this.file = file == null ? null : file.toAbsolutePath();
        this.maxBytes = maxBytes;
        this.clock = clock;
        latest.addAll(AuditFile.latest(this.file, REMEMBERED));
        this.writer =
                file == null ? null : Thread.ofVirtual().name("hasten-audit").start(this::writeAll);
    }

    /** Records an event; the parameters are those of {@link AuditEvent}. */
    public void record(String action, String actor, @Nullable String database, Map<String, String> details) {
        AuditEvent event = new AuditEvent(clock.instant(), action, actor, database, details);
        Line line = new Line(AuditFile.line(event));
        synchronized (latest) {
            latest.addFirst(event);
            if (latest.size() > REMEMBERED) {
                latest.removeLast();
            }
            if (file != null && !queue.offer(line)) {
                dropped++;
            }
        }
    }

    /** The latest events, the newest first. */
    public List<AuditEvent> latest(int limit) {
        synchronized (latest) {
            return latest.stream().limit(limit).toList();
        }
    }

    /** How many events are not in the file because the disk was too slow or could not be written. */
    public long dropped() {
        synchronized (latest) {
            return dropped;
        }
    }

    private void writeAll() {
        List<Line> lines = new ArrayList<>();
        try {
            while (!lines.contains(Line.LAST)) {
                lines.clear();
                lines.add(queue.take());
                // Few at a time, so that the file does not become much larger than allowed.
                queue.drainTo(lines, BATCH);
                write(lines);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<Line> lines) {
        Path target = Objects.requireNonNull(file);
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line.json()));
        if (text.isEmpty()) {
            return;
        }
        try {
            if (size(target) > 0 && size(target) + text.length() > maxBytes) {
                Files.move(
                        target,
                        target.resolveSibling(target.getFileName() + ".1"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            PrivateFiles.createDirectories(Objects.requireNonNull(target.getParent()));
            if (!Files.exists(target)) {
                PrivateFiles.create(target, new byte[0]);
            }
            try (FileChannel channel = FileChannel.open(target, StandardOpenOption.APPEND)) {
                ByteBuffer bytes = UTF_8.encode(text.toString());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            failing = false;
        } catch (IOException e) {
            synchronized (latest) {
                dropped +=
                        lines.stream().filter(line -> !line.equals(Line.LAST)).count();
            }
            if (!failing) {
                LOG.warn("the audit log cannot be written to {}: {}", target, FileErrors.reason(e));
            }
            failing = true;
        }
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** Writes the remaining events, but does not wait long for a disk that does not respond. */
    @Override
    public void close() {
        if (writer == null) {
            return;
        }
        try {
            if (queue.offer(Line.LAST, LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                writer.join(LONGEST_CLOSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
