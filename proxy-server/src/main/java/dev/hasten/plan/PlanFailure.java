package dev.hasten.plan;

import java.io.Serial;

/**
 * The plan cannot be carried out: it is wrong in itself or does not fit the data. The official executor answers those
 * with status 500 and the text alone.
 */
public final class PlanFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    PlanFailure(String message) {
        super(message, null, false, false);
    }
}
