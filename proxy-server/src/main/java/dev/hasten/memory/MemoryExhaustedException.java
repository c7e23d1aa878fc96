package dev.hasten.memory;

import java.io.Serial;

/** Memory was refused. It has no stack trace: it is a response, not a defect. */
public final class MemoryExhaustedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Share share;

    /** Whose share was exhausted. */
    public enum Share {
        /** That of the API key: it holds half of what its database may hold, and other keys want some too. */
        KEY,
        /** That of the database. */
        DATABASE
    }

    MemoryExhaustedException(Share share) {
        super("the memory budget is exhausted: " + share, null, false, false);
        this.share = share;
    }

    /** Whose share was exhausted. */
    public Share share() {
        return share;
    }
}
