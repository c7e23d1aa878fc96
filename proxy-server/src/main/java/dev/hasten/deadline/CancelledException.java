package dev.hasten.deadline;

import java.io.Serial;

/** Thrown where a request stops because it was cancelled. Has no stack trace: it is an event, not a defect. */
public final class CancelledException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final Cancellation.Reason reason;

    public CancelledException(Cancellation.Reason reason) {
        super("cancelled: " + reason, null, false, false);
        this.reason = reason;
    }

    /** Why it must stop. */
    public Cancellation.Reason reason() {
        return reason;
    }
}
