package dev.hasten.activity;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request did and when, for its trace. May be used by several threads. Times are those of {@link System#nanoTime}. */
public final class Timeline {
    /** Maximum number of steps. Further ones are counted only. */
    private static final int MOST = 500;

    private static final int SQL_LENGTH = 4000;

    private final List<Step> steps = new ArrayList<>();
    private int omitted;

    /** The kinds of steps. */
    public enum Kind {
        /** The API key was checked. */
        AUTHENTICATION,
        /** The cache was asked for a stored response. */
        CACHE,
        /** The request waited for a connection. */
        CONNECTION,
        /** PostgreSQL ran a statement. */
        STATEMENT
    }

    /**
     * A step.
     *
     * @param sql the statement; null for other steps
     * @param error the SQLSTATE of a statement that failed, or the kind of its failure; null if it has succeeded
     */
    public record Step(
            Kind kind,
            long startNanos,
            long endNanos,
            @Nullable String sql,
            @Nullable String error) {}

    /** Adds a step. The end of a long statement is not kept. */
    public synchronized void add(Step added) {
        Step step = added.sql() == null || added.sql().length() <= SQL_LENGTH
                ? added
                : new Step(
                        added.kind(),
                        added.startNanos(),
                        added.endNanos(),
                        added.sql().substring(0, SQL_LENGTH),
                        added.error());
        if (steps.size() < MOST) {
            steps.add(step);
        } else {
            omitted++;
        }
    }

    /** Adds a step that ends now and is no statement. */
    public void addSince(long startNanos, Kind kind) {
        add(new Step(kind, startNanos, System.nanoTime(), null, null));
    }

    /** The steps in the order of their ends. */
    public synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    /** How many steps were not kept because there were too many. */
    public synchronized int omitted() {
        return omitted;
    }
}
