package dev.hasten.memory;

import java.io.Serial;

/** Memory was refused. It has no stack trace because it is a response, not a defect. */
public final class MemoryExhaustedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Share share;

    /** Whose share was exhausted. */
    public enum Share {
        /** The share of the API key: half of what its database may hold, because other keys are in use. */
        KEY,
        /** The share of the database. */
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
