package dev.hasten.plan;

import java.io.Serial;

/**
 * The plan cannot be executed because it is invalid or does not match the data. The official executor responds to these
 * failures with status 500 and only the message. Has no stack trace.
 */
public final class PlanFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    PlanFailure(String message) {
        super(message, null, false, false);
    }
}
