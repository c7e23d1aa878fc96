package dev.hasten.deadline;

import java.io.Serial;

/** Thrown when work stops because it was cancelled. Has no stack trace, because it does not indicate a bug. */
public final class CancelledException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Cancellation.Reason reason;

    public CancelledException(Cancellation.Reason reason) {
        super("cancelled: " + reason, null, false, false);
        this.reason = reason;
    }

    /** Why the work must stop. */
    public Cancellation.Reason reason() {
        return reason;
    }
}
