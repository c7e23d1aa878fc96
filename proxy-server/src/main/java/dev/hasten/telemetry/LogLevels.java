package dev.hasten.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.hasten.config.LogConfig;
import dev.hasten.deadline.Watchdog;
import dev.hasten.deadline.Watchdog.Watch;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Changes the log level of single packages for a while. Thread-safe. */
public final class LogLevels {
    /** How many packages can have a level of their own at the same time. */
    public static final int MOST = 20;

    private final Watchdog watchdog;
    private final InstantSource clock;
    private final Map<String, Entry> entries = new TreeMap<>();

    /**
     * A level that is in force for a while.
     *
     * @param logger a package or class
     * @param until when it ends
     */
    public record Temporary(String logger, LogConfig.Level level, Instant until) {}

    private record Entry(Temporary temporary, @Nullable Level before, Watch end) {}

    public LogLevels(Watchdog watchdog, InstantSource clock) {
        this.watchdog = watchdog;
        this.clock = clock;
    }

    /**
     * Sets the level of a package or class. Replaces an earlier one.
     *
     * @throws IllegalStateException if too many packages have a level of their own
     */
    public synchronized Temporary set(String logger, LogConfig.Level level, Duration time) {
        if (!entries.containsKey(logger) && entries.size() >= MOST) {
            throw new IllegalStateException("there are already " + MOST + " temporary levels; reset one of them");
        }
        reset(logger);
        Logger changed = logger(logger);
        Temporary temporary = new Temporary(logger, level, clock.instant().plus(time));
        Entry entry = new Entry(temporary, changed.getLevel(), watchdog.after(time, () -> expire(temporary)));
        changed.setLevel(Level.toLevel(level.name()));
        entries.put(logger, entry);
        return temporary;
    }

    private synchronized void expire(Temporary over) {
        Entry entry = entries.get(over.logger());
        if (entry != null && entry.temporary().equals(over)) {
            reset(over.logger());
        }
    }

    /** Ends a temporary level. Returns false if there is none. */
    public synchronized boolean reset(String logger) {
        Entry entry = entries.remove(logger);
        if (entry == null) {
            return false;
        }
        entry.end().close();
        logger(logger).setLevel(entry.before());
        return true;
    }

    /** Sets the level of the server's own log, as configured. */
    public synchronized void base(LogConfig.Level level) {
        Entry entry = entries.get(LogSetup.OWN);
        if (entry == null) {
            logger(LogSetup.OWN).setLevel(Level.toLevel(level.name()));
        } else {
            entries.put(LogSetup.OWN, new Entry(entry.temporary(), Level.toLevel(level.name()), entry.end()));
        }
    }

    /** The temporary levels. */
    public synchronized List<Temporary> list() {
        Collection<Entry> all = entries.values();
        return all.stream().map(Entry::temporary).toList();
    }

    private static Logger logger(String name) {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(name);
    }
}
