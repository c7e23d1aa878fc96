package dev.hasten.postgres;

import java.io.Serial;

/** The request must stop; whoever owns it knows what to answer. Has no stack trace: it is an event, not a defect. */
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
